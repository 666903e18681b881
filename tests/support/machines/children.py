"""Server processes of a test's own, which don't outlive it, however it ends."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.commands import run_command
from tests.support.tool_process import wait_until
from workbook.runtime.process_tree import end, trees

READY_SECONDS = 60


@contextmanager
def unwound_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that whoever opened something closes it."""

    def unwind(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not break off the end
        raise KeyboardInterrupt("SIGTERM")

    former = signal.signal(signal.SIGTERM, unwind)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@dataclass
class Child:
    """A server: how it is started, and its process while it runs.

    `environment` is all of its environment. What it says is added to `log`. `user` is whom it runs
    as, if not as we do; `last_word` is the signal it gets when we vanish, killed perhaps.
    """

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str]
    user: str | None = None
    last_word: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def said(self) -> str:
        """What it has said since its last start."""
        said = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return said.rpartition(_start_of(self.name))[2]

    @property
    def lives(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it. To be called by the main thread: a child dies with the thread it is from."""
        guard = shutil.which("setpriv")
        watched = [guard, "--pdeathsig", self.last_word.name[3:], "--"] if guard else []
        with self.log.open("ab") as log:
            log.write(_start_of(self.name).encode())
            log.flush()
            self.process = subprocess.Popen(
                [*watched, *self.command],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                start_new_session=True,
            )

    def await_ready(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds; fail with its last words where it does not come to that."""

        def holds() -> object:
            assert self.lives, f"{self.name} ended:\n{self.said[-3000:]}"
            return condition()

        wait_until(holds, READY_SECONDS, lambda: f"{self.name} ready:\n{self.said[-3000:]}")

    def kill(self) -> None:
        """End it and its children at once, without a word, as a power cut does."""
        if self.process is not None:
            for process in trees([self.process.pid]):
                process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end with its `last_word`, and leave nothing of it."""
        if self.lives:
            left = trees([self.process.pid])
            self.process.send_signal(self.last_word)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                end(left, grace_seconds=0)
            self.process.wait()


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], **options) -> str:
    """Run a command to its end and return what it prints; fail with that where it fails."""
    options |= {"stderr": subprocess.STDOUT, "timeout": READY_SECONDS}
    done = run_command(command, folder, environment, **options)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-3000:]}"
    return done.stdout


def _start_of(name: str) -> str:
    return f"\n--- {name} starts ---\n"
