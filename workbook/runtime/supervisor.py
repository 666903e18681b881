"""Runs the processes of a project side by side, their output interleaved with their names.

At the end, after Ctrl-C too, `process_tree` ends what still runs.

Made of honcho's parts. Its Manager is not among them: that one ends nothing on SIGHUP, waits
without an end where every process ignores SIGTERM, and forks a helper for each process into the
terminal's process group.
"""

from __future__ import annotations

import contextlib
import datetime
import queue
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
from honcho.colour import get_colours
from honcho.printer import Message, Printer
from honcho.process import Popen

from workbook.errors import WorkbookError
from workbook.runtime.console import Console, wants_colour
from workbook.runtime.process_output import decoded
from workbook.runtime.process_tree import end, last_lines, trees
from workbook.runtime.timeline import Part, Timeline
from workbook.runtime.waiting import wait_until

TOOL = "workbook"
REMEMBERED_LINES = 20
STOP_SECONDS = 7  # celery -P gevent takes five to stop
LAST_WORDS_SECONDS = 5  # a full pipe is thousands of lines, and a terminal may be slow
PRINT_SECONDS = 0.05  # between two looks at whether it is time to kill
# What prints faster than the terminal takes it has to wait: beyond these its pipe stays full.
WAITING_LINES = 1000
LONGEST_LINE = 2**16  # bytes; a longer one is shown in pieces
# How Celery's worker, its beat, Django's and daphne's servers say that they are up.
_IS_UP = re.compile(r" ready\.$|beat: Starting\.\.\.|Starting .*server at |Listening on TCP")


@dataclass
class Started:
    """A process of the Procfile that was started, and the end of what it said."""

    name: str
    popen: subprocess.Popen[bytes]
    colour: str
    part: Part
    said: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED_LINES))
    is_heard_out: bool = False  # it has ended, and all that it said was printed

    def last_lines(self) -> str:
        """Return its last lines, indented."""
        return last_lines("\n".join(self.said), REMEMBERED_LINES)


class Runner:
    """Starts processes, prints what they say, and ends them all.

    `names` are those of all the processes to come, so that their lines are aligned. When each is
    up is noted in `timeline`.
    """

    def __init__(self, console: Console, names: Iterable[str], timeline: Timeline) -> None:
        self._timeline = timeline
        width = max(map(len, [TOOL, *names]))
        self._printer = Printer(console, width=width, colour=wants_colour(console))
        self._events: queue.Queue[Message] = queue.Queue(WAITING_LINES)
        self._started: dict[str, Started] = {}
        self._colours = get_colours()

    def start(self, commands: Mapping[str, str], folder: Path, environment: dict[str, str]) -> None:
        """Start `commands`, by name, in `folder`: each a session of its own, without any input."""
        for name, command in commands.items():
            part = self._timeline.begin(name)
            popen = Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
            started = Started(name, popen, next(self._colours), part)
            self._started[name] = started
            threading.Thread(target=self._read, args=[started], daemon=True).start()

    def processes(self) -> list[psutil.Process]:
        """Return what was started, and all its descendants, as far as they live."""
        return trees(one.popen.pid for one in self._started.values())

    def say(self, text: str) -> None:
        """Print lines of the tool's own among the others."""
        self._printer.write(_message("line", text, TOOL, None))

    def wake(self) -> None:
        """Let `follow` return at once. From any thread."""
        with contextlib.suppress(queue.Full):  # what fills it wakes as well
            self._events.put_nowait(_message("wake", "", TOOL, None))

    def follow(self, seconds: float) -> None:
        """Print what comes in, for `seconds`, or until something did.

        Raises WorkbookError, with its last lines, for a process that ended by itself.
        """
        for message in self._incoming(seconds):
            if message.type == "stop":
                one = self._started[message.name]
                raise WorkbookError(
                    f"“{one.name}” ended by itself with exit code {message.data}; everything else "
                    f"was stopped. Its last lines:\n{one.last_lines()}"
                )

    def last_lines(self) -> str:
        """Return the last lines of each process, below its name."""
        parts = (f"{one.name}:\n{one.last_lines()}" for one in self._started.values())
        return "\n".join(parts)

    def stop(self, strays: Iterable[psutil.Process], hurry: Callable[[], bool]) -> None:
        """End every process, and `strays`, within STOP_SECONDS, or as soon as `hurry` says so.

        What they say until then is printed: to the last word, unless one had to be killed.
        """

        def meanwhile() -> bool:
            if not hurry():
                for _ in self._incoming(PRINT_SECONDS):
                    pass
            return not hurry()

        def is_all_said() -> bool:
            return not meanwhile() or all(one.is_heard_out for one in self._started.values())

        if end({*self.processes(), *strays}, STOP_SECONDS, meanwhile):
            wait_until(is_all_said, LAST_WORDS_SECONDS, pause_seconds=0)

    def _incoming(self, seconds: float) -> Iterator[Message]:
        """Print the lines that arrive, and hand on every message.

        Ends once there are no more, and after `seconds` at the latest: whoever calls it has to look
        at the clock and at signals, however much is printed.
        """
        wait, deadline = seconds, time.monotonic() + seconds
        while wait or time.monotonic() < deadline:
            try:
                message = self._events.get(timeout=wait) if wait else self._events.get_nowait()
            except queue.Empty:
                return
            wait = 0
            if message.type == "line":
                started = self._started[message.name]
                started.said.append(message.data)
                if _IS_UP.search(message.data):
                    started.part.end()
                self._printer.write(message)
            elif message.type == "stop":
                self._started[message.name].is_heard_out = True
            yield message

    def _read(self, started: Started) -> None:
        output = started.popen.stdout
        assert output is not None, "honcho's Popen makes it a pipe"
        for line in iter(partial(output.readline, LONGEST_LINE), b""):
            # One that was written over several times (a progress bar) is as many lines here.
            for text in decoded(line).removesuffix("\n").split("\n"):
                self._events.put(_message("line", text, started.name, started.colour))
        code = started.popen.wait()
        self._events.put(_message("stop", code, started.name, started.colour))


def _message(kind: str, data: str | int, name: str, colour: str | None) -> Message:
    return Message(kind, data, datetime.datetime.now(), name, colour)
