"""What stands in the database of step 01 beforehand: something for beat to do, and a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from checks.clients.background import Later
from checks.harness.probe_client import ProbeError
from checks.harness.project import Project, opened_project
from checks.target import Target
from checks.verdicts import CannotTell

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


@dataclass(frozen=True)
class Superuser:
    """Whom the admin lets in: what they may be called by, `email` empty where they have none."""

    login: str
    email: str


@pytest.fixture(scope="package")
def superuser(project: Project) -> Later[Superuser]:
    """Create one while the processes start: to hash a password takes a third of a second."""
    project.migrated()
    return Later(lambda: _create_superuser(project))


def _create_superuser(project: Project) -> Superuser:
    """Create one, whatever the user model asks for. Raises CannotTell where that does not work."""
    try:
        return Superuser(**project.ask("create_superuser", name=SUPERUSER, password=SUPERUSER))
    except ProbeError as error:
        last = str(error).strip().rpartition("\n")[2]
        raise CannotTell(
            "nobody can log in to the admin: `python manage.py createsuperuser`, with a value for "
            f"each field that your user model asks for, ended with “{last}”. Does it work when you "
            "type it?"
        ) from None
