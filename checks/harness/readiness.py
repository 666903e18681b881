"""Waits until a web process takes connections, and says why it does not."""

from __future__ import annotations

import socket
import time

from checks.harness.diagnosis import PROCESSES, ended
from checks.harness.server_process import Launched
from checks.verdicts import NotYet
from workbook.runtime.ports import LOOPBACK

READY_SECONDS = 12
ELSEWHERE_SECONDS = 2  # from then on we look whether a server listens on another port
# runserver's own words when it raised at its start: it stays, and waits for its files to change.
GAVE_UP = "Exception in thread django-main-thread"


def await_page(web: Launched, port: int) -> None:
    """Wait until a web process takes connections on `port`. Raises NotYet if it never does."""
    start = time.monotonic()
    look, others = start + ELSEWHERE_SECONDS, set()
    while (now := time.monotonic()) < start + READY_SECONDS:
        if web.exit_code() is not None or GAVE_UP in web.log.text():
            raise ended(web)
        if now > look:
            # One that listens elsewhere twice in a row will not come to our port.
            before, others, look = others, web.ports() - {port}, now + 1
            if before and others:
                break
        if listens(port):
            return
        time.sleep(0.03)
    elsewhere = f"it listens on port {min(others)}" if others else "it listens on no port"
    raise NotYet(
        done=f"started web: {web.command}",
        seen=f"nothing on port {port} within {now - start:.0f} s: {elsewhere}",
        expected="a server on the port that $PORT names",
        look_at="Procfile: does the line of web use $PORT?",
        guide=PROCESSES,
        words=web.log.tail(),
    )


def listens(port: int) -> bool:
    """Tell whether somebody takes connections on a port of this machine."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
