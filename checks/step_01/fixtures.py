"""What stands in the database of step 01 beforehand: something for beat to do, and a superuser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.clients.background import Later
from checks.harness.project import Project, opened_project
from checks.target import Target

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
