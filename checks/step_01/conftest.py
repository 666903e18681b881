"""The fixtures of this step: one project, started once, with something for beat to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from checks.clients.background import Later
from checks.common.fixtures import target, wanted_fixtures
from checks.harness.project import Project, opened_project
from checks.target import Target
from checks.verdicts import CannotTell, NotYet

__all__ = ["target"]

TASK = "celery.backend_cleanup"  # every worker has it
BEAT_QUEUE = "workbook-beat"  # a queue without a worker: what beat sends stays there
# The superuser of the copy: a name that is its password as well.
SUPERUSER = "checker"


@pytest.fixture(scope="package")
def project(target: Target) -> Iterator[Project]:
    """Return the learner's project, of which nothing has been started yet.

    What beat shall send stands in the database before it starts: it looks for changes every
    five seconds, and nobody needs to wait for that.
    """
    with opened_project(target) as opened:
        opened.before_start = lambda: opened.ask("schedule", task=TASK, queue=BEAT_QUEUE)
        yield opened


@pytest.fixture(scope="package")
def superuser(project: Project) -> Later[object]:
    """Create one while the processes start: to hash a password takes a third of a second."""
    project.migrated()
    create = {"name": SUPERUSER, "password": SUPERUSER}
    return Later(lambda: project.ask("create_superuser", **create))


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Begin early what takes long, beside what the check at hand does."""
    wanted = "superuser" in wanted_fixtures(request)
    if wanted and request.function.__name__ == "test_the_processes_start":
        # Whatever is wrong here is told by the check itself.
        with contextlib.suppress(NotYet, CannotTell):
            request.getfixturevalue("superuser")
