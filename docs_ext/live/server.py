"""Builds the guide, serves it on loopback until it is stopped, and builds it again on changes."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

import psutil
import uvicorn
from watchfiles import DefaultFilter, awatch

from docs_ext.live.application import Live, make_application
from docs_ext.live.build import BuildFailed, Builds
from docs_ext.live.check_states import CheckStates
from docs_ext.live.editors import Editor
from docs_ext.live.events import Subscribers
from docs_ext.live.guard import FORWARDED_NAME
from docs_ext.live.hints import hint
from docs_ext.live.reading import Reading
from docs_ext.live.watcher import Watcher
from workbook.errors import WorkbookError
from workbook.paths import WORK
from workbook.projects.watch_lock import is_watched_in_terminal
from workbook.runtime.child_environment import MARK
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.run_records import opened_run
from workbook.runtime.signals import EXIT_CODES, HANG_UP, handled, release_interrupts

# What the pages are made of, as far as it is there. `checks` hold the exercises' solutions.
SOURCES = ("docs", "steps", "mkdocs.yml", "checks", "benchmarks", "docs_ext")
GRACE_SECONDS = 2
LOOK_MS = 500  # how soon a run that somebody made in a terminal is on the page
LOOKS = 4  # after so many, see whether a process that runs old code has been started again
OWNER_SECONDS = 1.0  # how soon it is noticed that the command has ended
POLL_MS = 300  # where the system has no more watches to give, files are looked at now and then


class Server(uvicorn.Server):
    """Leaves the signals to those who know what else has to end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@dataclass
class Stop:
    """Whether the server shall end, by which signal, and what waits for that."""

    signum: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)


def serve(root: Path, port: int, editor: Editor | None = None, owner: int | None = None) -> int:
    """Serve the guide in `root` at 127.0.0.1:`port` until a signal; return the exit code.

    `editor` is what its pages open files in. With the end of the process `owner`, our parent, it
    ends as well.

    Raises WorkbookError where the port is taken, and where the site cannot be built at first.
    """
    with opened_run("guide", address=f"http://localhost:{port}/") as run, listening(port) as own:
        # Said now that a browser that follows it is let in.
        print(f"The guide: http://localhost:{port}/  (Ctrl-C ends it)", flush=True)
        variables = {MARK: run.id}
        builds = Builds(root, run.folder, variables)
        return asyncio.run(_serve(root, builds, own, variables, editor, owner))


@contextlib.contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Listen on loopback alone inside the block. A browser that asks early waits for its answer."""
    with socket.socket() as own:
        # On Windows this would let us listen beside another server.
        if sys.platform != "win32":
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind((LOOPBACK, port))
            own.listen()
        except OSError as error:
            raise WorkbookError(
                f"Port {port} cannot be listened on: {error.strerror}. Choose another: --port"
            ) from error
        yield own


async def _serve(
    root: Path,
    builds: Builds,
    own: socket.socket,
    variables: Mapping[str, str],
    editor: Editor | None,
    owner: int | None,
) -> int:
    stop = Stop()
    with _stopping(stop):
        looking = asyncio.create_task(_end_with(owner, stop))
        if await _unless(stop, _build_first(builds)):
            live = await _live(root, builds, variables, editor)
            await _go_on(root, builds, own, stop, live)
        looking.cancel()
    return EXIT_CODES[signal.Signals(stop.signum)] if stop.signum else 1


async def _end_with(owner: int | None, stop: Stop) -> None:
    """Ask to stop once the process `owner` has ended: one that was killed could not say so."""
    if owner is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(owner)  # its number and its start: a number is used again
        while process.is_running() and (os.name == "nt" or os.getppid() == owner):
            await asyncio.sleep(OWNER_SECONDS)
    stop.asked.set()


async def _build_first(builds: Builds) -> bool:
    try:
        await builds.build()
    except BuildFailed as problem:
        raise WorkbookError(f"{problem}\nThe guide could not be built: see above.") from problem
    return True


async def _go_on(root: Path, builds: Builds, own: socket.socket, stop: Stop, live: Live) -> None:
    """Serve the site that is there, and watch, until it is to stop."""
    server = _server(live)
    serving = asyncio.create_task(server.serve(sockets=[own]))
    watching = asyncio.create_task(_watch_pages(root, builds, live.subscribers, stop))
    looking = asyncio.create_task(_watch_work(live, stop))
    asked = asyncio.create_task(stop.asked.wait())
    tasks = (serving, watching, looking, asked)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # A stream of events never ends by itself.
        live.subscribers.close()
        server.should_exit = True
        for task in (watching, looking, asked):
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        await live.watcher.close()
    for problem in done:
        if isinstance(problem, Exception):
            raise problem


async def _live(
    root: Path, builds: Builds, variables: Mapping[str, str], editor: Editor | None
) -> Live:
    """Return what the application tells of."""
    subscribers, states = Subscribers(), CheckStates()
    await _refresh(states)
    return Live(
        lambda: builds.current,
        states,
        Watcher(root, variables, subscribers.wake, partial(_refresh, states)),
        Reading(),
        subscribers,
        secrets.token_urlsafe(24),
        partial(hint, root, variables=variables),
        editor,
    )


def _server(live: Live) -> Server:
    """Return the server of the application, which answers to the forwarded name as well."""
    names = [name for name in [os.environ.get(FORWARDED_NAME, "").strip()] if name]
    return Server(
        uvicorn.Config(
            make_application(live, names),
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


async def _watch_work(live: Live, stop: Stop) -> None:
    """Read the checks' states again when a run is remembered, or a file of `work/` was saved.

    A save begins to watch with the checks of the page that is read, unless a terminal watches: what
    is remembered of its runs is shown as well.
    """
    states = live.states
    content = states.content
    while not stop.asked.is_set():
        before = states.signature()
        await _refresh(states)
        live.subscribers.wake()
        label = live.reading.label
        if states.has_work and states.content != content and label:
            if is_watched_in_terminal():
                live.watcher.stop()
            else:
                live.watcher.watch(label)
        content = states.content
        await saved_or_remembered(states, before, stop.asked)


async def _refresh(states: CheckStates) -> None:
    """Read the checks' states again; they stay as they were where something cannot be read now."""
    with contextlib.suppress(WorkbookError, OSError):
        await asyncio.to_thread(states.refresh)


async def saved_or_remembered(
    states: CheckStates, before: tuple[object, ...], stop: asyncio.Event
) -> None:
    """Return when a file of `work/` was saved, the tool remembers another state, or `stop` is set.

    `before` is the signature of what is known.
    """
    try:
        looks = 0
        async for found in awatch(
            WORK,
            stop_event=stop,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            looks += 1
            is_to_look_again = bool(states.outdated) and looks >= LOOKS
            if found or is_to_look_again or states.signature() != before:
                return
    except OSError:  # there is no `work/`, or the system has no more watches to give
        await asyncio.sleep(LOOK_MS / 1000)


async def _watch_pages(root: Path, builds: Builds, subscribers: Subscribers, stop: Stop) -> None:
    """Build again whenever a source changes, and tell the open pages."""
    async for names in changes(root, stop.asked):
        print(f"Building again: {names}", flush=True)
        try:
            await builds.build()
        except BuildFailed as problem:
            print(f"{problem}\nThe pages stay as they were until that is right.", flush=True)
        else:
            subscribers.wake()


async def changes(root: Path, stop: asyncio.Event) -> AsyncIterator[str]:
    """Yield the names of changed sources below `root`, in one text, until `stop` is set."""
    paths = [root / name for name in SOURCES if (root / name).exists()]
    force: bool | None = None
    while not stop.is_set():
        try:
            async for found in awatch(
                *paths,
                watch_filter=DefaultFilter(),
                stop_event=stop,
                force_polling=force,
                poll_delay_ms=POLL_MS,
                raise_interrupt=False,
            ):
                names = sorted({Path(path).relative_to(root).as_posix() for _, path in found})
                more = f" and {len(names) - 3} more" if len(names) > 3 else ""
                yield f"{', '.join(names[:3])}{more}"
        except OSError:
            if force:
                raise
            force = True


async def _unless(stop: Stop, work: object) -> object:
    """Return what `work`, a coroutine, comes to; None where it is stopped before."""
    task = asyncio.ensure_future(work)
    asked = asyncio.create_task(stop.asked.wait())
    try:
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for one in (task, asked):
            one.cancel()
        await asyncio.gather(task, asked, return_exceptions=True)


@contextlib.contextmanager
def _stopping(stop: Stop) -> Iterator[None]:
    """Ask to stop, inside the block, when a signal comes."""
    loop = asyncio.get_running_loop()

    def received(signum: int, _: FrameType | None) -> None:
        stop.signum = stop.signum or signum
        loop.call_soon_threadsafe(stop.asked.set)

    is_ignored = signal.getsignal(HANG_UP) is signal.SIG_IGN  # nohup does that on purpose
    signums = [signum for signum in EXIT_CODES if signum is not HANG_UP or not is_ignored]
    with handled(dict.fromkeys(signums, received)):
        release_interrupts()  # `workbook guide` holds them until here
        yield
