"""Waits until a web process takes connections, and says why it does not."""

import socket
import time
from collections.abc import Callable

import psutil

from checks.harness.diagnosis.startup import PROCESSES, ended
from checks.harness.server_process import Launched
from checks.pace import patience
from checks.verdicts import CannotTell, NotYet
from workbook.runtime.child_environment import MARK
from workbook.runtime.ports import IN_USE, LOOPBACK, can_bind, free_port, holder, listeners

READY_SECONDS = patience(12)
MOST_HELD_UP_SECONDS = 30
ELSEWHERE_SECONDS = patience(2)  # from then on we look whether a server listens on another port
# runserver's own words when it raised at its start: it stays, and waits for its files to change.
GAVE_UP = "Exception in thread django-main-thread"
MOVES = 2  # how often a page moves to another port, because a stranger took its own


class PortLost(CannotTell):
    """–: another program took the port of a web process before it did."""


def await_page(web: Launched, port: int) -> None:
    """Wait until a web process takes connections on `port`.

    Raises NotYet if it never does, and PortLost where another program has taken the port.
    """
    start = time.monotonic()
    look = start + ELSEWHERE_SECONDS
    others: set[int] = set()
    while not is_late(web, waited := (now := time.monotonic()) - start):
        if web.exit_code() is not None or GAVE_UP in web.log.text():
            require_own_port(web, port)
            raise ended(web)
        if now > look:
            # One that listens elsewhere twice in a row will not come to our port.
            before, others, look = others, web.ports() - {port}, now + 1
            if before and others:
                break
        if listens(port):
            require_own_port(web, port)
            return
        time.sleep(0.03)
    elsewhere = f"it listens on port {min(others)}" if others else "it listens on no port"
    raise NotYet(
        done=f"started web: {web.command}",
        seen=f"nothing on port {port} within {waited:.0f} s: {elsewhere}",
        expected="a server on the port that $PORT names",
        look_at="Procfile: does the line of web use $PORT?",
        guide=PROCESSES,
        words=web.log.tail(),
    )


def is_late(launched: Launched, seconds: float) -> bool:
    """Tell whether a process that was started so many `seconds` ago should be ready by now.

    What it waited for a processor is no fault of its own, up to MOST_HELD_UP_SECONDS.
    """
    if seconds < READY_SECONDS:
        return False
    return seconds >= READY_SECONDS + min(launched.held_up_seconds(), MOST_HELD_UP_SECONDS)


def await_page_somewhere(
    web: Launched, port: int, start: Callable[[int], Launched]
) -> tuple[Launched, int]:
    """Wait until a web process takes connections, on another port where its own was taken.

    `start` starts it again, on the port that it is given. Return the process and the port that it
    came to. Raises NotYet if it never does, and PortLost where others take every port.
    """
    for _ in range(MOVES):
        try:
            await_page(web, port)
        except PortLost:
            web.kill()
            port = free_port()
            web = start(port)
        else:
            return web, port
    await_page(web, port)
    return web, port


def require_own_port(web: Launched, port: int) -> None:
    """Raise PortLost where a program outside the project took the port before `web`.

    The port was free when it was chosen. What listens there now is not what is to be looked at.
    """
    if port in web.ports():
        return  # asked first: to look at all processes takes twenty times as long
    strangers = [one for one in listeners(port) if not _is_of_a_run(one)]
    is_bound = bool(IN_USE.search(web.log.text())) and not listeners(port) and not can_bind(port)
    if not (strangers or is_bound):
        return
    who = holder(port) or "another program"
    raise PortLost(
        f"{who} took port {port} while {web.name} was being started, so what is seen there is not "
        "your project's. That is not your fault: try again"
    )


def _is_of_a_run(process: psutil.Process) -> bool:
    try:
        return MARK in process.environ()
    except (psutil.Error, OSError):
        return False


def listens(port: int) -> bool:
    """Tell whether somebody takes connections on a port of this machine."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=patience(1)).close()
    except OSError:
        return False
    return True
