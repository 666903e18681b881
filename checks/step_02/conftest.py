"""The fixtures of this step: one project, started once, and what its visitors go through."""

from __future__ import annotations

import contextlib

import pytest

from checks.common.fixtures import project, target, wanted_fixtures
from checks.common.startup_checks import test_the_processes_start
from checks.harness.project import Project
from checks.step_02.fixtures import frozen, sent
from checks.verdicts import CannotTell, NotYet

__all__ = ["frozen", "project", "sent", "target"]


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Begin early what takes long, beside what the check at hand does."""
    if "frozen" in wanted_fixtures(request) and request.function is test_the_processes_start:
        # Whatever is wrong here is told by the check itself.
        with contextlib.suppress(NotYet, CannotTell):
            request.getfixturevalue("frozen")
