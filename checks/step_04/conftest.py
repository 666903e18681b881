"""The fixtures of this step: one project, started once."""

from checks.support.fixtures import project, target

__all__ = ["project", "target"]
