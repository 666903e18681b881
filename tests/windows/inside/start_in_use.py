"""`start` while a terminal is in `work/`, while a file is open there, and while it runs."""

import subprocess
import sys
from pathlib import Path

from tests.support.commands import run_command
from tests.windows.inside.consoles import workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import require_nothing_left
from workbook.paths import ROOT, WORK
from workbook.runtime.process_output import AS_TEXT

CALL_SECONDS, READY_SECONDS, STOP_SECONDS = 90, 200, 40
MINE = "mine.txt"


def main() -> None:
    require("the finished step 01", call("start", "02"))
    beside_a_terminal()
    while_a_file_is_open()
    while_it_runs()


def beside_a_terminal() -> None:
    """A terminal in `work/` stays there, and sees the new project."""
    WORK.joinpath(MINE).write_text("mine", encoding="utf-8")
    terminal = subprocess.Popen(
        ["cmd", "/d", "/k"],
        cwd=WORK,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **AS_TEXT,
    )
    try:
        said = call("start", "03")
        require("the finished step 02", said)
        require("A terminal is in work/, and in the new project now.", said)
        shown, _ = terminal.communicate("dir /b status\nexit\n", timeout=30)
    finally:
        terminal.kill()
    require("tasks.py", shown)
    (kept,) = [path for path in ROOT.glob("work.*") if (path / MINE).is_file()]
    print(f"kept: {kept.name[:5]}")


def while_a_file_is_open() -> None:
    """What an editor holds open can't be replaced: all is as it was, and the person is told."""
    tasks = WORK / "status" / "tasks.py"
    before = tasks.read_bytes()
    with exclusively(tasks):
        said = call("start", "02", code=1)
        require("could not be replaced", said)
        require("end what has a file open", said)
    if tasks.read_bytes() != before:
        raise Fault("an open file was changed")
    require("the finished step 01", call("start", "02"))
    if tasks.exists():
        raise Fault("once the file is closed, start does not replace it")


def exclusively(path: Path) -> subprocess.Popen[str]:
    """Hold a file open as many editors do: nobody else may write or delete it. For a `with`."""
    code = (
        "import msvcrt, sys\n"
        "file = open(sys.argv[1], 'rb')\n"
        "print('open', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    holder = subprocess.Popen(
        [sys._base_executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **AS_TEXT,
    )
    assert holder.stdout, "it is a pipe"
    require("open", holder.stdout.readline())
    return holder


def while_it_runs() -> None:
    """What runs in `work/` is named; it is refused until that has ended."""
    with workbook("run", "--port", "8010") as run:
        run.wait_for("ready: http", READY_SECONDS)
        said = call("start", "03", code=1)
        require("Nothing was changed: something runs in work/", said)
        require("http://localhost:8010/", said)
        run.press("ctrl-c")
        run.wait(STOP_SECONDS)
    require_nothing_left("run in work/")
    require("the finished step 02", call("start", "03"))


def call(*arguments: str, code: int = 0) -> str:
    """Call the tool; return what it says. Raises Fault for another exit code."""
    done = run_command(
        [sys._base_executable, "workbook", *arguments],
        ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=CALL_SECONDS,
    )
    if done.returncode != code:
        raise Fault(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def require(words: str, said: str) -> None:
    """Raise Fault unless something was said."""
    if words not in said:
        raise Fault(f"“{words}” was not said:\n{said}")


if __name__ == "__main__":
    play(main)
