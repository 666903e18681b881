"""A snapshot that runs with a Redis of its own, each process of which can be ended and started."""

import os
import resource
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import psutil

from checks.clients.http_client import Answer, Visitor
from checks.harness import readiness
from checks.harness.project import Project, opened_project
from checks.harness.server_process import Launched
from checks.target import Target
from tests.support.edited_projects import Edit, Step, edited_copy
from tests.support.tool_process import wait_until
from workbook.projects.lessons import find_lesson

WITHOUT_CURE = "WITHOUT_CURE"
TRACEBACK = "Traceback (most recent call last)"
END_SECONDS = 60
# What a process may take to be ready, where a check's patience is a learner's: a busy machine's.
READY_SECONDS = 90


@contextmanager
def running(
    step: Step, cures: tuple[Edit, ...] = (), edits: tuple[Edit, ...] = ()
) -> Iterator[Project]:
    """Run a step or lesson with `edits` inside the block; STATUS_INTERVAL is one second.

    `cures` are edits that take away what makes it hold, made under WITHOUT_CURE alone.
    """
    edits += cures if os.environ.get(WITHOUT_CURE) else ()
    with tempfile.TemporaryDirectory(prefix="workbook-fault-") as folder:
        target = Target(edited_copy(step, edits, Path(folder)), "named", find_lesson(str(step)))
        with (
            patch.object(readiness, "READY_SECONDS", READY_SECONDS),
            opened_project(target) as project,
        ):
            yield project.running()


def tracebacks(launched: Launched, since: int = 0) -> int:
    """Count the tracebacks that a process has logged after the place `since` of its log."""
    return sum(TRACEBACK in line for line in launched.log.since(since))


def lives(launched: Launched) -> bool:
    """Tell whether a process is there, and is no zombie."""
    return launched.exit_code() is None


def pids(launched: Launched) -> list[int]:
    """Return the numbers of the process itself, without the shell that started it."""
    shell = psutil.Process(launched.popen.pid)
    children = shell.children(recursive=True)
    return [process.pid for process in children or [shell]]


def ask_to_end(launched: Launched) -> None:
    """Send SIGTERM, as a deployment does, and wait until the process has ended."""
    for pid in pids(launched):
        os.kill(pid, signal.SIGTERM)
    launched.popen.wait(END_SECONDS)


@contextmanager
def limited(launched: Launched, kind: int, most: int) -> Iterator[None]:
    """Hold a process to a limit inside the block; `kind` is one of resource's RLIMIT_…"""
    before = {pid: resource.prlimit(pid, kind) for pid in pids(launched)}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, kind, (most, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            # One that has ended meanwhile must not hide why the test failed.
            with suppress(ProcessLookupError):
                resource.prlimit(pid, kind, limits)


def post(visitor: Visitor) -> Answer:
    """Press the button of the start page, as HTMX does."""
    visitor.get("/")
    return visitor.post("/check-status/", htmx=True)


def polls_until(visitor: Visitor, task_id: str, words: str, seconds: float) -> str:
    """Ask for the task every half a second, as its page does, until it says `words`; return all."""
    seen: list[str] = []

    def are_there() -> bool:
        answer = visitor.get(f"/check-status/{task_id}/", htmx=True)
        assert answer.status == 200, answer.seen
        seen.append(answer.words)
        time.sleep(0.5)
        return words in seen[-1]

    wait_until(are_there, seconds, lambda: f"last seen: {seen[-1] if seen else 'nothing'}")
    return seen[-1]
