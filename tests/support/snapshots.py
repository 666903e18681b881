"""A snapshot that `workbook run` runs, and what a visitor and a learner can do with it."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.support.commands import run_command
from tests.support.tool_process import ToolRun, tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT, STATE
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import free_port, is_free, listeners

READY_SECONDS = 60
WORKBOOK = SmallWorkbook(ROOT)
ERRORS = re.compile(r"Traceback|\bERROR\b|\bCRITICAL\b|Exception|Internal Server Error")


@dataclass(frozen=True)
class SnapshotRun:
    """A snapshot that runs: where its page, its copy and its Redis are."""

    tool: ToolRun
    port: int
    folder: Path
    redis_url: str

    @property
    def url(self) -> str:
        """The address of its page, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """The address of its websocket."""
        return f"ws://127.0.0.1:{self.port}/ws/status"

    def visitor(self) -> httpx.Client:
        """Return a browser's stand-in: it keeps cookies, and sends the CSRF token it was given."""
        return httpx.Client(base_url=self.url, timeout=10, follow_redirects=True)

    def command(self, *words: str) -> str:
        """Run a command in the snapshot's copy, as a learner would, and return what it prints."""
        done = run_command(words, self.folder, environment_for(self.redis_url))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        """Type `code` into `manage.py shell` and return what it prints."""
        return self.command("python", "manage.py", "shell", "--no-imports", "--command", code)

    def redis_process(self) -> psutil.Process:
        """Return the process of the run's own Redis."""
        (process,) = listeners(int(self.redis_url.rpartition(":")[2]))
        return process

    def errors(self, but: re.Pattern[str] | None = None) -> list[str]:
        """Return the lines of all logs that speak of an error, in what is left without `but`."""
        text = but.sub("", self.tool.text) if but else self.tool.text
        return [line for line in text.splitlines() if ERRORS.search(line)]


@contextmanager
def snapshot_run(
    step: str, redis: str = "auto", workbook: SmallWorkbook = WORKBOOK, **variables: str
) -> Iterator[SnapshotRun]:
    """Run a snapshot by `workbook run`, wait until it is ready, and prove that it stops clean.

    `redis` is the option's value; `variables` join the environment, such as STATUS_INTERVAL.
    """
    port, before = free_port(), steps_in_git()
    words = ("run", step, "--port", str(port), "--redis", redis)
    with tool_run(workbook, *words, variables=variables) as tool:
        tool.wait_for("ready:", READY_SECONDS)
        tool.wait_for(" ready.", READY_SECONDS)  # the worker's own word
        yield SnapshotRun(tool, port, _copy_of(tool, workbook), _redis_of(tool))
        tool.signal_and_wait(signal.SIGTERM)
        assert tool.left() == []
        assert is_free(int(_redis_of(tool).rpartition(":")[2])), "its Redis was left running"
    assert steps_in_git() == before


def steps_in_git() -> str:
    """Return what git says of the snapshots: nothing, where nobody changed them."""
    command = ["git", "status", "--porcelain", "--ignored", "steps"]
    return run_command(command, ROOT, check=True).stdout


def csrf(visitor: httpx.Client) -> dict[str, str]:
    """Open the start page and return the field that its form carries."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.get("/").text)
    return {"csrfmiddlewaretoken": token[1]}


def _redis_of(tool: ToolRun) -> str:
    return re.search(r"redis://\S+?:\d+", tool.text)[0]


def _copy_of(tool: ToolRun, workbook: SmallWorkbook) -> Path:
    """Find the private copy by the process that works in it: its path is no output of the tool."""
    folders = {Path(process.cwd()) for process in tool.left()}
    state = workbook.root.resolve() / STATE.relative_to(ROOT)
    inside = [folder for folder in folders if state in folder.parents]
    copies = [folder for folder in inside if (folder / "manage.py").is_file()]
    assert len(copies) == 1, f"one copy of the snapshot expected, found {copies}"
    return copies[0]
