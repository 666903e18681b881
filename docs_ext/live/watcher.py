"""Runs the checks of the page that is read, on each save: what `check --watch` does, for a page."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docs_ext.live import browser_driver
from docs_ext.live.processes import LINE_BYTES, started
from docs_ext.live.watch_state import WatchState, after_line
from workbook.runtime.child_environment import environment_for_checks
from workbook.runtime.process_output import decoded
from workbook.runtime.signals import APART

NOW, PAUSE = b"\n", b" "  # the keys of checks.watch
CROSS_SECONDS = 60.0  # a run has told its first ✗ by then, or that there is none
PAUSE_SECONDS = 12.0  # a run ends the processes of the project that it started


class Watcher:
    """Watches `work/` with the checks of one step or lesson at a time.

    `variables` join the environment of what is started. `changed` is called when its state differs,
    `told` before that when a run has ended: what it told is remembered by then.
    """

    def __init__(
        self,
        root: Path,
        variables: Mapping[str, str],
        changed: Callable[[], None],
        told: Callable[[], Awaitable[None]],
    ) -> None:
        self._root, self._changed, self._told = root, changed, told
        self._environment = {**environment_for_checks(), **variables, "PYTHONPATH": str(root)}
        self._state: WatchState | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_driver = False
        self._one = asyncio.Lock()  # the former ends before the next begins

    @property
    def label(self) -> str | None:
        """The step or lesson that is watched, None for none."""
        return self._state.label if self._state else None

    def state_of(self, label: str) -> dict[str, Any] | None:
        """Return how far the checks of a step are, as JSON may hold it; None without a watcher."""
        return asdict(self._state) if self._state and self._state.label == label else None

    def watch(self, label: str) -> None:
        """Watch with the checks of `label`, which begins with a run, unless that is watched."""
        if self.label == label:
            return
        self._end_tasks()
        self._state = WatchState(label)
        task = asyncio.create_task(self._follow(self._state))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._changed()

    def check(self, label: str) -> None:
        """Begin a run of these checks, unless one goes on."""
        if self.label != label:
            self.watch(label)
        elif self._state and not self._state.goes_on:
            self._press(NOW)

    async def pause(self, label: str) -> None:
        """End the run that goes on once its first ✗ is known: then what it told is remembered."""
        # A hint that did not wait for it would begin a run of its own beside this one.
        await self._until(lambda: not self._goes_on(label) or self._has_cross, CROSS_SECONDS)
        if self._goes_on(label) and self._has_cross:
            self._press(PAUSE)
            await self._until(lambda: not self._goes_on(label), PAUSE_SECONDS)

    def _goes_on(self, label: str) -> bool:
        return bool(self._state and self._state.label == label and self._state.goes_on)

    @property
    def _has_cross(self) -> bool:
        return bool(self._state and self._state.cross)

    async def _until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, but no longer than `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not is_so():
                    await asyncio.sleep(0.05)

    def stop(self) -> None:
        """Ask the watcher to end, if there is one."""
        if self._tasks:
            self._state = None
            self._end_tasks()
            self._changed()

    async def close(self) -> None:
        """End the watcher, if there is one, and all that it started."""
        self._end_tasks()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end_tasks(self) -> None:
        for task in self._tasks:
            if not task.cancelling():  # a second time would cut its cleaning up short
                task.cancel()

    def _press(self, key: bytes) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.write(key)

    async def _follow(self, first: WatchState) -> None:
        state = first
        async with self._one:
            if not self._has_driver and browser_driver.is_missing(first.label):
                await browser_driver.bring(self._root, self._environment)
                self._has_driver = True  # or it is not to be had: then the checks go on without
            watcher = started(
                *("-P", "-m", "checks.watch", first.label, "--events"),
                cwd=self._root,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LINE_BYTES,
                **APART,  # Ctrl-C is for the guide, which ends this one
            )
            try:
                async with watcher as self._process:
                    assert self._process.stdout
                    async for line in self._process.stdout:
                        if (new := after_line(state, decoded(line))) == state:
                            continue
                        if not new.goes_on:
                            await self._told()
                        self._state = state = new
                        self._changed()
            finally:
                self._process = None
                if self.label == first.label:
                    self._state = None
                    self._changed()
