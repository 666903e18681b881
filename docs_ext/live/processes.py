"""Starts a process for the guide, and ends it in order where it lets itself be asked."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Any

from workbook.runtime.process_output import decoded

STOP_SECONDS = 15  # a run of checks ends the processes of the project that it started
LINE_BYTES = 2**20  # a verdict is one line


@contextlib.asynccontextmanager
async def started(*arguments: str, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start Python with these arguments, and end it with the block, as `close` does.

    `options` are those of `asyncio.create_subprocess_exec`.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(sys.executable, *arguments, **options)
    )
    try:
        # Cancelled amid its start, asyncio would kill what has begun: it gets to its end in order.
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        await close(await starting)
        raise
    try:
        yield process
    finally:
        await close(process)


async def output_of(*arguments: str, seconds: float, **options: Any) -> tuple[int, str] | None:
    """Start Python with these arguments; return its exit code and what it printed.

    None where it does not end within `seconds`: then it is ended. `options` are those of `started`.
    """
    pipe = asyncio.subprocess.PIPE
    ends = {
        "stdin": asyncio.subprocess.DEVNULL,
        "stdout": pipe,
        "stderr": asyncio.subprocess.STDOUT,
    }
    async with started(*arguments, **ends, **options) as process:
        try:
            said, _ = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            return None
    return process.returncode or 0, decoded(said)


async def close(process: asyncio.subprocess.Process) -> None:
    """End a process unless it has ended: by the end of its input, by a signal, by force."""
    if process.stdin:
        process.stdin.close()
        await ended(process, STOP_SECONDS)
    for stop in (process.terminate, process.kill):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                stop()
            await ended(process, STOP_SECONDS)


async def ended(process: asyncio.subprocess.Process, seconds: float) -> None:
    """Wait for the end of a process, but no longer than `seconds`."""
    with contextlib.suppress(TimeoutError):
        # What it still prints is read: a full pipe would hold it up.
        await asyncio.wait_for(process.communicate(), seconds)
