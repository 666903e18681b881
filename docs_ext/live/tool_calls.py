"""What the reader starts from a page: a run of the checks, and a hint. Each in its process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from workbook.projects.lessons import find_lesson
from workbook.runtime.process_output import decoded

HOLDS, NOT_YET = "✓", "✗"
STOP_SECONDS = 15  # a run ends the processes of the project that it started
LONGEST_SECONDS = 600
HINT_SECONDS = 120  # it may have to check first
HINT_COLUMNS = "72"
NOBODY = asyncio.subprocess.DEVNULL


@dataclass(frozen=True)
class RunState:
    """A run that goes on: of which step, how many checks it has, how far it is, what it asks."""

    label: str
    count: int = 0
    told: int = 0
    holds: int = 0
    asking: str = ""


def after_event(state: RunState, line: str) -> RunState:
    """Return the state after a line of `--verdict-lines`; as it was for any other line."""
    try:
        event: dict[str, Any] = json.loads(line)
        kind = event["event"]
        if kind == "Listed":
            return replace(state, count=len(event["ids"]))
        if kind == "Asking":
            return replace(state, asking=str(event["title"]))
        if kind == "Told" and event["mark"] in (HOLDS, NOT_YET):
            holds = state.holds + (event["mark"] == HOLDS)
            return replace(state, told=state.told + 1, holds=holds)
    except (ValueError, KeyError, TypeError):
        pass
    return state


class ToolCalls:
    """Runs the checks of `root`, one run at a time; `changed` is called when its state differs.

    `variables` join the environment of what is started.
    """

    def __init__(
        self, root: Path, variables: Mapping[str, str], changed: Callable[[], None]
    ) -> None:
        self._root, self._changed = root, changed
        self._environment = os.environ | variables
        self._run: RunState | None = None
        self._task: asyncio.Task[None] | None = None

    def run_of(self, label: str) -> dict[str, Any] | None:
        """Return how far the run of a step is, as JSON may hold it; None where none goes on."""
        return asdict(self._run) if self._run and self._run.label == label else None

    def check(self, label: str) -> bool:
        """Begin a run of a step's checks; tell whether it began: one that goes on is left alone."""
        if self._task and not self._task.done():
            return False
        self._run = RunState(label)
        self._task = asyncio.create_task(self._check(label))
        self._changed()
        return True

    async def hint(self, label: str) -> str:
        """Return what `hint` prints for a step."""
        process = await self._start(
            *(str(self._root / "workbook"), "hint", label),
            errors=asyncio.subprocess.STDOUT,
            COLUMNS=HINT_COLUMNS,
            NO_COLOR="1",
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), HINT_SECONDS)
        except TimeoutError:
            return f"No hint came within {HINT_SECONDS} seconds."
        finally:
            await end(process)
        return decoded(said).strip()

    async def close(self) -> None:
        """End the run that goes on, if there is one, and all that it started."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _check(self, label: str) -> None:
        folder = find_lesson(label).checks
        arguments = ("-P", "-m", "pytest", str(folder), "--verdict-lines", "-p", "no:cacheprovider")
        process = await self._start(*arguments, errors=NOBODY)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                assert process.stdout
                async for line in process.stdout:
                    if self._run and (state := after_event(self._run, decoded(line))) != self._run:
                        self._run = state
                        self._changed()
        except TimeoutError:
            pass  # nothing is remembered of it, which the page shows
        finally:
            await end(process)
            self._run = None
            self._changed()

    async def _start(
        self, *arguments: str, errors: int, **variables: str
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=self._root,
            env=self._environment | variables,
            stdin=NOBODY,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=2**20,  # a verdict is one line
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process unless it has ended: ask it first, and kill it where it takes too long."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
