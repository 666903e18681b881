"""A Redis of our own: a real server where there is one, else the embedded one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil

from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.process_tree import end, last_lines, printed_by, trees
from workbook.runtime.run_records import Run
from workbook.runtime.signals import APART

KINDS = ("auto", "server", "embedded")
START_SECONDS = 60  # a Python may take that long where the machine is slow and busy
OLDEST = (6, 2)  # Celery's control queues are bound with ZADD … GT, which older ones refuse


def servers_on_path() -> list[Path]:
    """Return the Redis and Valkey servers on the PATH, whatever their versions."""
    found = map(shutil.which, ("redis-server", "valkey-server"))
    return [Path(one) for one in found if one]


def find_server() -> Path | None:
    """Return the Redis or Valkey server on the PATH that is new enough, if there is one."""
    return next((one for one in servers_on_path() if not is_too_old(one)), None)


@cache
def version_of(server: Path) -> str:
    """Return the version that `server` reports, such as `7.0.15`; "" if it can't be read."""
    words = printed_by([str(server), "--version"]).split()
    return next((word[2:] for word in words if word.startswith("v=")), "")


def is_too_old(server: Path) -> bool:
    """Tell whether Celery can't use `server`; one whose version can't be read counts as usable."""
    numbers = tuple(int(part) for part in version_of(server).split(".")[:2] if part.isdecimal())
    return len(numbers) == 2 and numbers < OLDEST


def too_old() -> str:
    """Say which server on the PATH is too old for Celery; "" where none is."""
    server = next(filter(is_too_old, servers_on_path()), None)
    if server is None:
        return ""
    needed = ".".join(map(str, OLDEST))
    return f"{server.stem} {version_of(server)} on the PATH is too old: Celery needs {needed}"


class RedisServer:
    """A Redis on 127.0.0.1 alone, without persistence, that can be stopped, paused, and restarted.

    `kind` is `server`, `embedded`, or `auto`: the first where the PATH has one that is new enough,
    else the second. `passed_over` says then which one is too old, "" if none.
    Its port is chosen at the first start unless it is given, and kept from then on. With a `run`
    it carries that one's mark and keeps its folder there, for the call after a kill to find.
    """

    def __init__(self, kind: str = "auto", port: int | None = None, run: Run | None = None):
        self._executable = None if kind == "embedded" else find_server()
        self.passed_over = too_old() if kind != "embedded" and self._executable is None else ""
        if kind == "server" and self._executable is None:
            what = self.passed_over or "There is no redis-server and no valkey-server on the PATH"
            way_out = "a newer one" if self.passed_over else "one"
            raise WorkbookError(
                f"{what}. Install {way_out}, or use the embedded Redis: --redis embedded"
            )
        self.kind = "embedded" if self._executable is None else "server"
        self._port = port
        self._attempts = 1
        # Where the system can, a server ends with this process even if that is killed.
        self._guard = shutil.which("setpriv") if self._executable else None
        self._run = run
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1. Raises RuntimeError before the first start, which chooses it."""
        if self._port is None:
            raise RuntimeError("A Redis has no port before its first start.")
        return self._port

    @property
    def url(self) -> str:
        """The address, such as `redis://127.0.0.1:6379`."""
        return f"redis://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """The number of the process that was started. Raises RuntimeError while it is stopped."""
        return self._running.pid

    def processes(self) -> list[psutil.Process]:
        """Return the server's process and its descendants; none while it is stopped."""
        # Its descendants: on Windows a virtual environment's Python is a launcher's child, and a
        # package manager's redis-server may be a wrapper's.
        return trees([self._process.pid]) if self._process else []

    @property
    def label(self) -> str:
        """What it is, for a person: `redis-server`, `valkey-server` or `the embedded Redis`."""
        return self._executable.stem if self._executable else "the embedded Redis"

    def start(self) -> None:
        """Start it and wait until it answers. Raises WorkbookError with its last lines if not."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it, and leave it to `wait` to tell whether it answers."""
        self._attempts = 1
        if self._port is None:
            self._attempts = 3  # a port we chose may be taken at the last moment
            self._port = free_port()
        self._launch()

    def wait(self) -> None:
        """Wait until it answers. Raises WorkbookError with its last lines if it does not.

        Where another took the port that we chose, it is launched again, on another one; without
        the guard where this system's can't do what it is asked for.
        """
        while True:
            try:
                self._await_answer()
                return
            except BaseException as error:
                said = self._log()
                self.stop()
                if not isinstance(error, WorkbookError):
                    raise
                if self._guard and said.partition(": ")[0].endswith("setpriv"):
                    self._guard = None  # BusyBox's, and util-linux' before 2.33
                else:
                    self._attempts -= 1
                    if not self._attempts:
                        told = f"{error} Its last lines:\n{last_lines(said)}"
                        raise WorkbookError(told) from None
                    self._port = free_port()
                self._launch()

    def kill(self) -> None:
        """End it at once: for one whose data are not needed. Otherwise like `stop`."""
        self.stop(grace_seconds=0)

    def stop(self, grace_seconds: float = 3) -> None:
        """End it and forget its data. Does nothing where it does not run."""
        if self._process:
            end(self.processes(), grace_seconds)
            self._process.wait()
            self._process = None
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def lives(self) -> bool:
        """Tell whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        for process in self.processes():
            process.suspend()

    def resume(self) -> None:
        """Let it go on after `pause`."""
        for process in self.processes():
            process.resume()

    def _launch(self) -> None:
        below = self._run.folder if self._run else None
        folder = tempfile.TemporaryDirectory(prefix="workbook-redis-", dir=below)
        self._folder = folder
        mark = self._run.id if self._run else None
        with self._log_path().open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=folder.name,
                env=environment_for(self.url, run_id=mark) | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the verb: the processes that use this Redis end before it does.
                **APART,
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._running.poll() is not None:
                raise WorkbookError(f"{self.label} did not start on port {self.port}.")
            if time.monotonic() > deadline:
                raise WorkbookError(f"{self.label} did not answer within {START_SECONDS} seconds.")
            time.sleep(0.02)

    def _command(self) -> list[str]:
        if self._executable is None:
            owner = str(os.getpid())
            return [
                sys.executable,
                "-m",
                "workbook.redis_server.embedded",
                str(self.port),
                "--owner",
                owner,
            ]
        options = f"--bind {LOOPBACK} --port {self.port} --protected-mode yes --daemonize no"
        command = [str(self._executable), *options.split(), "--appendonly", "no", "--save", ""]
        return [self._guard, "--pdeathsig", "TERM", "--", *command] if self._guard else command

    def _answers(self) -> bool:
        """Tell whether the one that was launched answers, not another one that came first."""
        # Here, so that what was launched before starts while this is read.
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        never = Retry(NoBackoff(), retries=0)
        try:
            with redis.Redis(LOOPBACK, self.port, socket_timeout=2, retry=never) as client:
                client.ping()
                if self._executable is None:
                    return f"{LOOPBACK}:{self.port}" in self._log()
                # Not by its number: behind a wrapper it is another than that of what was started.
                # By the last part of its folder alone, for there may be a link above it.
                folder = str(client.config_get("dir").get("dir"))
                return folder.endswith(self._log_path().parent.name)
        except redis.RedisError:
            return False

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("This Redis does not run.")
        return self._process

    def _log_path(self) -> Path:
        if self._folder is None:
            raise RuntimeError("This Redis does not run.")
        return Path(self._folder.name) / "redis.log"

    def _log(self) -> str:
        return self._log_path().read_text(encoding="utf-8", errors="replace")


@contextmanager
def private_redis(
    kind: str = "auto", port: int | None = None, run: Run | None = None
) -> Iterator[RedisServer]:
    """Run a Redis of our own inside the block: see RedisServer."""
    server = RedisServer(kind, port, run)
    try:
        server.start()
        yield server
    finally:
        server.stop()
