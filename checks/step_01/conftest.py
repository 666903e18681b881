"""The fixtures of this step: one project, started once, with something for beat to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.support.fixtures import project as project_of_all
from checks.support.fixtures import target
from checks.support.target import Target

__all__ = ["project", "target"]

TASK = "celery.backend_cleanup"  # every worker has it
BEAT_QUEUE = "workbook-beat"  # a queue without a worker: what beat sends stays there

if project_of_all is None:
    project = None  # packages are missing, and that is told
else:
    from checks.support.project import Project, opened_project

    @pytest.fixture(scope="package")
    def project(target: Target) -> Iterator[Project]:
        """Return the learner's project, of which nothing has been started yet.

        What beat shall send stands in the database before it starts: it looks for changes every
        five seconds, and nobody needs to wait for that.
        """
        with opened_project(target) as opened:
            opened.before_start = lambda: opened.ask("schedule", task=TASK, queue=BEAT_QUEUE)
            yield opened
