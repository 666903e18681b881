"""The fixtures of this step: one project, started once, and what its visitors go through."""

from checks.common.fixtures import project, target
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.step_02.fixtures import frozen, sent

__all__ = ["frozen", "project", "sent", "target"]

side_by_side = begin_early(Prefetch("frozen", beside=test_the_processes_start))
