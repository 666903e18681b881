"""Fault 13: the web process may open no more files, and so lets nobody in."""

import resource
import time

from checks.clients.websocket_client import Refused, Sockets
from checks.harness.project import Project
from tests.faults.running_project import limited, lives
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until

pytestmark = REDIS_SERVER

FILES, VISITORS = 64, 70
SAID = "A visitor was refused: this process may open no more files"
AGAIN_SECONDS, SAID_SECONDS = 60, 10
# Django's reloader reads folders each second: where it can open none, it ends the server.
EDITS = (Edit("Procfile", "runserver $PORT", "runserver --noreload $PORT"),)
# Without it the log has not one line about those who were refused; with it one for each.
CURES = (Edit("config/asgi.py", "globalLogPublisher.addObserver(warn_of_open_files)\n", ""),)


def test_refused_visitors_are_in_the_log_and_come_in_later(
    step: Project, sockets: Sockets, figure: Figures
) -> None:
    web = step.process("web")
    sockets.open(step.url).close()
    with limited(web, resource.RLIMIT_NOFILE, FILES):
        refused = sum(not comes_in(step, sockets) for _ in range(VISITORS))
        assert refused > 0
        wait_until(lambda: web.log.text().count(SAID) == refused, SAID_SECONDS, web.log.tail)
        assert lives(web)
    sockets.close()
    since = time.monotonic()
    wait_until(lambda: comes_in(step, sockets), AGAIN_SECONDS)
    figure("files", time.monotonic() - since)


def comes_in(step: Project, sockets: Sockets) -> bool:
    """Open a page, and tell whether it was let in."""
    try:
        sockets.open(step.url)
    except Refused:
        return False
    return True
