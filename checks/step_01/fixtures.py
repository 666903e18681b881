"""What is in the database of step 01 beforehand: something for beat to do."""

from collections.abc import Iterator

import pytest

from checks.harness.project import Project, opened_project
from checks.target import Target

TASK = "celery.backend_cleanup"  # every worker has it
BEAT_QUEUE = "workbook-beat"  # a queue without a worker: what beat sends stays there


@pytest.fixture(scope="package")
def project(target: Target) -> Iterator[Project]:
    """Return the learner's project, of which nothing has been started yet.

    What beat is to send is in the database before it starts: it looks for changes every
    five seconds, and nobody needs to wait for that.
    """
    with opened_project(target) as opened:
        opened.before_start = lambda: opened.ask("schedule", task=TASK, queue=BEAT_QUEUE)
        yield opened
