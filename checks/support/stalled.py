"""A web process whose tasks can't be sent: a gate stands between it and Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from checks.support.copies import copy_with_tables
from checks.support.gate import CUT, PASS, Gate, gate_before
from checks.support.launching import launch
from checks.support.project import Project
from checks.support.runs import TASK
from checks.support.sockets import Refused, Sockets, opened_sockets
from checks.support.starting import READY_SECONDS, listens
from checks.support.verdict import CannotTell
from checks.support.visitor import Answer, visiting
from workbook.projects.procfile import commands
from workbook.runtime.ports import LOOPBACK, free_port

# A claim that isn't given back must not end by itself while we look.
LONG_INTERVAL = 30
VISITORS = 3
HELD_SECONDS, ANSWER_SECONDS, PATIENCE_SECONDS = 4, 2, 3
# Celery tries again after 0.6 s at the most, unless it is told otherwise.
GIVEN_UP_SECONDS, GIVING_UP_SECONDS = 0.8, 5
FREE_SECONDS = 3


@dataclass
class Stalled:
    """What was seen: the page's slow answer, if any, and whether a run was sent afterwards."""

    held: str = ""
    slow: Answer | None = None
    sends_again: bool = False
    words: str = ""


def lay_copy(project: Project) -> Path:
    """Copy the project with its database, while no run goes on, and return the copy."""
    folder = project.folder.parent / "behind-the-gate"
    copy_with_tables(project.folder, folder, project.loaded()["databases"])
    return folder


def stall(project: Project, folder: Path) -> Stalled:
    """Hold up what a page sends to Redis on being opened, ask for another page meanwhile.

    Then cut it off, let everything through again, and see whether the next visitor gets a run.
    `folder` is the copy that the web process runs in, see `lay_copy`.
    """
    with (
        gate_before(project.redis.port) as gate,
        _web_behind(project, folder, gate) as url,
        opened_sockets() as sockets,
        ThreadPoolExecutor(VISITORS) as pool,
    ):
        with visiting(url) as visitor:
            visitor.get("/")  # the first page of a process takes longer than the others
        for _ in range(VISITORS):
            pool.submit(_open, sockets, url)
        seen = _ask_meanwhile(gate, url)
        if seen.held and not seen.slow:
            seen.sends_again = _sends_again(gate, sockets, url)
        gate.close()  # nobody waits any longer
        return seen


def _ask_meanwhile(gate: Gate, url: str) -> Stalled:
    seen = Stalled()
    while held := gate.next_held(HELD_SECONDS):
        with visiting(url) as visitor:
            answer = visitor.get("/", within=PATIENCE_SECONDS)
        if answer.problem or answer.seconds > ANSWER_SECONDS:
            # Whoever else is held may be the one that all wait for.
            sends = held.command.sends
            while other := gate.next_held(0):
                sends = sends or other.command.sends
            return Stalled("sending the task" if sends else "taking the claim", slow=answer)
        if held.command.sends:
            seen.held = "sending the task"
            gate.mode = CUT
            held.cut()
            break
        held.let_pass()
    return seen


def _sends_again(gate: Gate, sockets: Sockets, url: str) -> bool:
    """Wait until the sending has been given up, then come anew. True if a run is sent."""
    while held := gate.next_held(0):
        held.cut() if held.command.sends else held.let_pass()
    deadline = time.monotonic() + GIVING_UP_SECONDS
    while gate.was_cut_since(time.monotonic() - GIVEN_UP_SECONDS) and time.monotonic() < deadline:
        time.sleep(0.05)
    gate.mode = PASS
    deadline = time.monotonic() + FREE_SECONDS
    while time.monotonic() < deadline:
        _open(sockets, url)
        sent = gate.next_sent(0.5)
        if sent and TASK.encode() in b" ".join(sent.words):
            return True
    return False


def _open(sockets: Sockets, url: str) -> None:
    with suppress(Refused):
        sockets.open(url)


@contextmanager
def _web_behind(project: Project, folder: Path, gate: Gate) -> Iterator[str]:
    """Start a web process behind the gate, and end it after the block."""
    port = free_port()
    # Another database of Redis: what is claimed there is no other page's business.
    broker = f"redis://{LOOPBACK}:{gate.port}/1"
    environment = project.launcher.environment(broker, port) | {
        "STATUS_INTERVAL": str(LONG_INTERVAL)
    }
    log = folder.with_suffix(".log")
    web = launch("web", commands(folder, port)["web"], folder, environment, log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not listens(port):
            if time.monotonic() > deadline or web.exit_code() is not None:
                raise CannotTell(f"a second web process did not start: {web.words.tail()}")
            time.sleep(0.03)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        web.kill()
