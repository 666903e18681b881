"""Waits until a project's processes are ready, and says why one is not."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping

import celery

from checks.support.causes import PROCESSES, last_frame, where_to_look
from checks.support.launching import Launched
from checks.support.verdict import NotYet
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
        if web.exit_code() is not None or GAVE_UP in web.words.text():
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
        open="Procfile: does the line of web use $PORT?",
        guide=PROCESSES,
        words=web.words.tail(),
    )


def await_worker(app: celery.Celery, processes: Mapping[str, Launched]) -> None:
    """Wait until the process `worker` answers ping. Raises NotYet if it, or another one, doesn't.

    `app` speaks to its broker.
    """
    worker, deadline = processes["worker"], time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for launched in processes.values():
            if launched.exit_code() is not None:
                raise ended(launched)
        if app.control.inspect(timeout=0.2, limit=1).ping():
            return
    raise NotYet(
        done=f"started worker: {worker.command}, and asked it with `inspect ping`",
        seen=f"no answer within {READY_SECONDS} s",
        expected="pong",
        open="config/celery.py: does the app take its settings from Django?",
        guide="01, Configure the Celery app",
        words=worker.words.tail(),
    )


def received(app: celery.Celery, task: str) -> int:
    """Return how many tasks of this name the worker behind `app`'s broker has received so far."""
    stats = app.control.inspect(timeout=2, limit=1).stats() or {}
    return sum(worker["total"].get(task, 0) for worker in stats.values())


def listens(port: int) -> bool:
    """Tell whether somebody takes connections on a port of this machine."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def ended(launched: Launched) -> NotYet:
    """Say that a process ended, or gave up, before it served anything."""
    code, words = launched.exit_code(), launched.words.tail()
    place, guide = where_to_look(words, otherwise=f"Procfile, the line of {launched.role}")
    if launched.words.note:
        seen = launched.words.note
    elif code is None:
        seen = "an error before it served anything"
    else:
        seen = f"it ended by itself with exit code {code}"
    return NotYet(
        done=f"started {launched.name}: {launched.command}",
        seen=seen,
        expected="a process that stays",
        open=place,
        guide=guide,
        words=words,
    )


def not_loaded(words: str) -> NotYet:
    """Say that Django does not load the project; `words` are the learner's frames."""
    lines = [line for line in words.splitlines() if line.strip()]
    frame = last_frame(words)
    return NotYet(
        done="loaded Django with your settings, your URLs and all they import",
        seen=lines[-1] if lines else "it ended without a word",
        expected="no error: nothing else can be told before",
        open=f"{frame[0]}, line {frame[1]}" if frame else "config/settings.py",
        guide="Troubleshooting",
        words=words,
    )
