"""A Redis of our own: a real server where there is one, else the embedded one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.process_tree import end, last_lines
from workbook.runtime.run_records import Run

KINDS = ("auto", "server", "embedded")
START_SECONDS = 10


def find_server() -> Path | None:
    """Return the Redis or Valkey server on the PATH, if there is one."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


class RedisServer:
    """A Redis on 127.0.0.1 alone, without persistence, that can be stopped, paused, and restarted.

    `kind` is `server`, `embedded`, or `auto`: the first where one is on the PATH, else the second.
    Its port is chosen at the first start unless it is given, and kept from then on. With a `run`
    it carries that one's mark and keeps its folder there, for the call after a kill to find.
    """

    def __init__(self, kind: str = "auto", port: int | None = None, run: Run | None = None):
        self._executable = None if kind == "embedded" else find_server()
        if kind == "server" and self._executable is None:
            raise WorkbookError(
                "There is no redis-server and no valkey-server on the PATH. Install one, "
                "or use the embedded Redis: --redis embedded"
            )
        self.kind = "embedded" if self._executable is None else "server"
        self.port = port
        self._attempts = 1
        self._run = run
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """The address, such as `redis://127.0.0.1:6379`."""
        return f"redis://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The number of the server's process, None while it is stopped."""
        return self._process.pid if self._process else None

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
        if self.port is None:
            self._attempts = 3  # a port we chose may be taken at the last moment
            self.port = free_port()
        self._launch()

    def wait(self) -> None:
        """Wait until it answers. Raises WorkbookError with its last lines if it does not.

        Where another took the port that we chose, it is launched again, on another one.
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
                self._attempts -= 1
                if not self._attempts:
                    raise WorkbookError(f"{error} Its last lines:\n{last_lines(said)}") from None
                self.port = free_port()
                self._launch()

    def kill(self) -> None:
        """End it at once: for one whose data are worth nothing. Else like `stop`."""
        self.stop(grace_seconds=0)

    def stop(self, grace_seconds: float = 3) -> None:
        """End it and forget its data. Does nothing where it does not run."""
        if self._process:
            # Its descendants: on Windows a virtual environment's Python is a launcher's child.
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(self._process.pid)
                end([process, *process.children(recursive=True)], grace_seconds)
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
        psutil.Process(self.pid).suspend()

    def resume(self) -> None:
        """Let it go on after `pause`."""
        psutil.Process(self.pid).resume()

    def _launch(self) -> None:
        below = self._run.folder if self._run else None
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-redis-", dir=below)
        mark = self._run.id if self._run else None
        with self._log_path().open("wb") as log:
            self._process = subprocess.Popen(
                self._command(self.port),
                cwd=self._folder.name,
                env=environment_for(self.url, run_id=mark) | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the verb: the processes that use this Redis end before it does.
                start_new_session=True,
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(self.port):
            if self._process.poll() is not None:
                raise WorkbookError(f"{self.label} did not start on port {self.port}.")
            if time.monotonic() > deadline:
                raise WorkbookError(f"{self.label} did not answer within {START_SECONDS} seconds.")
            time.sleep(0.02)

    def _command(self, port: int) -> list[str]:
        if self._executable is None:
            owner = str(os.getpid())
            return [
                sys.executable,
                "-m",
                "workbook.redis_server.embedded",
                str(port),
                "--owner",
                owner,
            ]
        options = f"--bind {LOOPBACK} --port {port} --protected-mode yes --daemonize no"
        command = [str(self._executable), *options.split(), "--appendonly", "no", "--save", ""]
        # Where the system can, the server dies with us even if we are killed.
        guard = shutil.which("setpriv")
        return [guard, "--pdeathsig", "TERM", "--", *command] if guard else command

    def _answers(self, port: int) -> bool:
        """Tell whether this very process answers there, not another one that came first."""
        import redis  # here, so that what was launched before starts while this is read

        try:
            with redis.Redis(host=LOOPBACK, port=port, socket_timeout=2, retry=None) as client:
                client.ping()
                if self._executable is None:
                    return f"127.0.0.1:{port}" in self._log()
                return client.info("server")["process_id"] == self.pid
        except redis.RedisError:
            return False

    def _log_path(self) -> Path:
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
