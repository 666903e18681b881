"""The verb `redis`: a Redis in the foreground, for what is started by hand in other terminals."""

from __future__ import annotations

import argparse
import os
import time
from typing import NoReturn

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT
from workbook.redis_server.server import private_redis
from workbook.redis_server.usable import NO_REDIS, why_unusable
from workbook.runtime.console import Console
from workbook.runtime.ports import is_free, port_number, require_free
from workbook.runtime.run_records import end_leftovers, opened_run
from workbook.runtime.signals import HANG_UP, StopRequested, StopSignals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Run a Redis in the foreground, for commands typed by hand."
    parser.add_argument("--port", type=port_number, default=6379, help="default: %(default)s")


def handle(options: argparse.Namespace) -> int:
    """Serve a Redis on 127.0.0.1 until it is ended, and return the exit code.

    Where a Redis that can be used listens there already, says so and returns 0. Raises
    WorkbookError where the port is taken by something else.
    """
    port, signals = options.port, StopSignals()
    console = Console(signals.is_stopping)
    os.chdir(ROOT)  # called in work/, it is no hindrance for `start`
    try:
        with signals.listening():
            for line in end_leftovers():
                console.say(line)
            url = f"redis://localhost:{port}"
            if not is_free(port) and _can_be_used(url, port):
                console.say(f"A Redis is there already: use {url}")
                return 0
            require_free(port)
            _serve(port, url, console, signals)
    except StopRequested as stop:
        console.say("Redis stopped; its data is gone.")
        return stop.exit_code


def _can_be_used(url: str, port: int) -> bool:
    """Tell whether the Redis at `url` can be used; False where what listens there is none.

    Raises WorkbookError for a Redis that can't be used.
    """
    problem = why_unusable(url)
    if problem and problem not in NO_REDIS:
        raise WorkbookError(
            f"The Redis at {url} cannot be used: {problem}. Or start another one beside it: "
            f"{tool_command()} redis --port {port + 1}"
        )
    return problem is None


def _serve(port: int, url: str, console: Console, signals: StopSignals) -> NoReturn:
    with (
        opened_run(f"the Redis on port {port}") as run,
        private_redis("auto", port, run) as server,
    ):
        run.note(server.processes())
        if server.passed_over:
            console.say(f"{server.passed_over}.")
        console.say(f"Redis ({server.label}) listens at {url}. Ctrl-C ends it.")
        while server.lives():
            time.sleep(0.2)
            signals.check()
            if console.lost:
                raise StopRequested(HANG_UP)
        raise WorkbookError(
            f"{server.label} ended by itself. Start it again: {tool_command()} redis --port {port}"
        )
