"""A round of the set-up benchmark: from a fresh clone to the first status, and once more."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.setup.results import Reading
from benchmarks.setup.traffic import Traffic, counting_proxy
from benchmarks.setup.visiting import await_first_status
from benchmarks.setup.ways import STEP, Clone, Way, base_python, learners_environment
from benchmarks.support.processes import Measured, measured
from workbook.errors import WorkbookError
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import end, last_lines, run_to_end, trees
from workbook.runtime.run_records import opened_run

CLONE_SECONDS = 60
FIRST_SECONDS = 1800  # a slow line may need many minutes
SECOND_SECONDS = 120
END_SECONDS = 30
BARE_CALLS = 3


def measure_way(way: Way, source: Path) -> Reading:
    """Go one way from a fresh clone of `source`; nothing of it is left after that.

    Raises WorkbookError where a step of it fails or takes too long.
    """
    with opened_run("a benchmark") as run, counting_proxy() as proxy:
        root = run.folder / "workbook"
        try:
            make_clone(source, root)
            environment = learners_environment(run.folder, proxy.url, run.id)
            return _measure(way, Clone(root, environment, base_python()), proxy.traffic)
        finally:
            # Thousands of files: other calls of the tool shall not wait for their removal.
            shutil.rmtree(root, ignore_errors=True)


def _measure(way: Way, clone: Clone, traffic: Traffic) -> Reading:
    start = time.perf_counter()
    for command in way.installing(clone):
        _run_to_end(way, clone, command, FIRST_SECONDS)
    with _running(way, clone, FIRST_SECONDS) as server:
        first = time.perf_counter() - start
        fetching, fetched = traffic.fetching_seconds, traffic.fetched_bytes
        if not fetched:
            raise WorkbookError(
                f"{way.label}: it fetched nothing through the proxy that counts the bytes, so "
                "they came from elsewhere. Look for a proxy or a folder in the settings of uv."
            )
        # What goes on in the background after a first call is done before the second.
        server.await_quiet()
    start = time.perf_counter()
    with _running(way, clone, SECOND_SECONDS):
        second = time.perf_counter() - start
    alone = [_bare_seconds(way, clone) for _ in range(BARE_CALLS)] if way.has_bare_call else []
    return Reading(first, fetching, fetched, second, alone)


def make_clone(source: Path, folder: Path) -> None:
    """Clone what is committed in `source` into `folder`. Raises WorkbookError where git can't."""
    command = ["git", "clone", "--quiet", str(source), str(folder)]
    try:
        code, said = run_to_end(command, source, os.environ, CLONE_SECONDS)
    except FileNotFoundError as error:
        raise WorkbookError("The benchmark of the set-up needs git, which is not there.") from error
    if code is None:
        raise WorkbookError(f"git has not cloned {source} within {CLONE_SECONDS} s.")
    if code:
        raise WorkbookError(
            f"The benchmark of the set-up needs a workbook that git can clone. It said:\n"
            f"{last_lines(said)}"
        )


def _started(
    way: Way, clone: Clone, command: Sequence[str], name: str
) -> AbstractContextManager[Measured]:
    environment = {**clone.environment, **way.variables(clone)}
    return measured(name, command, clone.root, environment, clone.root.with_name("log"))


@contextmanager
def _running(way: Way, clone: Clone, within_seconds: float) -> Iterator[Measured]:
    """Call `run`, wait for the first status, and have it end itself after the block."""
    port = free_port()
    command = way.call(clone, ["run", STEP, "--port", str(port)])
    with _started(way, clone, command, f"{way.label}: run {STEP}") as run:
        await_first_status(run, port, within_seconds)
        yield run
        _stop(run)


def _stop(run: Measured) -> None:
    """Ask it to end, as a service's manager would; what is left after a while is ended by force."""
    processes = trees([run.popen.pid])
    run.popen.terminate()
    try:
        run.popen.wait(END_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise WorkbookError(f"{run.name} did not end within {END_SECONDS} s of SIGTERM.") from error
    finally:
        end(processes, grace_seconds=0)


def _run_to_end(way: Way, clone: Clone, command: Sequence[str], within_seconds: float) -> None:
    """Run a command to its end. Raises WorkbookError where it fails or takes too long."""
    with _started(way, clone, command, f"{way.label}: {' '.join(command[1:4])}") as process:
        try:
            code = process.popen.wait(within_seconds)
        except subprocess.TimeoutExpired:
            code = f"no exit code within {within_seconds} s"
        if code != 0:
            raise process.error(f"… ended with {code}")


def _bare_seconds(way: Way, clone: Clone) -> float:
    start = time.perf_counter()
    _run_to_end(way, clone, way.call(clone, []), SECOND_SECONDS)
    return time.perf_counter() - start
