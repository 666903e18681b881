"""Opens the websocket of step 04, and tells why it does not open."""

import subprocess
from contextlib import suppress

from checks.clients.websocket_client import PATH, Refused, Sockets, WebsocketClient
from checks.common.evidence import explain_socket
from checks.harness.process_log import ProcessLog
from checks.harness.project import Project
from checks.verdicts import NotYet

ASGI, ROUTING, CONSUMERS = "config/asgi.py", "status/routing.py", "status/consumers.py"
SETTINGS = "config/settings.py"


def open_page(project: Project, sockets: Sockets) -> WebsocketClient:
    """Open the websocket as the page does. Raises NotYet, with the cause, if it does not open."""
    try:
        return sockets.open(project.running().url)
    except Refused as refused:
        raise _not_open(project, sockets, refused) from None


def _not_open(project: Project, sockets: Sockets, refused: Refused) -> NotYet:
    server = project.process("web")
    if refused.status == 0:
        # One that breaks down takes a moment to be gone.
        with suppress(subprocess.TimeoutExpired):
            server.popen.wait(1)
    web, code = server.log, server.exit_code()
    seen, words = refused.seen, web.tail() if refused.status != 403 else ""
    is_told = False  # by what was seen from outside
    if refused.server.startswith("WSGIServer"):
        seen += f", by a server that knows no websockets ({refused.server.split()[0]})"
        place = f"{SETTINGS}, INSTALLED_APPS: is daphne there, before django.contrib.staticfiles?"
        guide = "04, Serve websockets"
        words, is_told = "", True
    elif code is not None:
        seen = web.note or f"the server ended by itself with exit code {code}"
        place, guide = f"{CONSUMERS}, connect", "04, Write the consumer"
    elif refused.status == 0:
        place = f"{CONSUMERS}: what keeps connect from returning?"
        guide = "04, Write the consumer"
    # Asked only where the log names no other fault: what is asked leaves its own lines there.
    elif _may_be_unknown(refused, web) and _opens(sockets, project.url, f"{PATH}/"):
        seen += f", while {PATH}/ opens"
        file = ROUTING if (project.folder / ROUTING).exists() else ASGI
        place, guide = f"{file}: how does the path end?", "04, Route the websocket"
        words, is_told = "", True
    else:
        place, guide = f"{CONSUMERS}, connect", "04, Write the consumer"
    not_yet = NotYet(
        done=f"opened the websocket {PATH}, as the page at {project.url} would",
        seen=seen,
        expected="a websocket that opens",
        look_at=place,
        guide=guide,
        words=words,
    )
    if is_told:
        return not_yet
    return explain_socket(not_yet, project, PATH, is_hung=refused.status == 0 and code is None)


def _may_be_unknown(refused: Refused, web: ProcessLog) -> bool:
    """Tell whether the path may be one that no route has."""
    return refused.status != 500 or "No route found" in web.text()


def _opens(sockets: Sockets, base_url: str, path: str) -> bool:
    try:
        sockets.open(base_url, path).close()
    except Refused:
        return False
    return True
