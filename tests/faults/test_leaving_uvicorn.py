"""Visitors who leave while statuses arrive, under uvicorn: there `send` raises another error."""

import pytest

from checks.clients.websocket_client import Sockets
from checks.common.group import Leftovers
from checks.harness.project import Project
from checks.robust.leaving import leave_while_statuses_arrive
from tests.faults.running_project import tracebacks
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER

pytestmark = [REDIS_SERVER, pytest.mark.long]

EDITS = (
    Edit(
        "Procfile",
        "web: python manage.py runserver $PORT",
        "web: python -m uvicorn --port $PORT config.asgi:application",
    ),
)
# Without it disconnect() is skipped after an error, and the group keeps its member.
CURES = (
    Edit("status/consumers.py", "with suppress(Disconnected, OSError):", "if True:"),
    Edit("status/consumers.py", "await self.leave()", "pass"),
)


def test_visitors_leave_nothing_behind_under_uvicorn(step: Project, sockets: Sockets) -> None:
    assert leave_while_statuses_arrive(step, sockets) == Leftovers(0, 0)
    assert tracebacks(step.process("web")) == 0, step.process("web").log.tail()
