"""Types lines into `cmd`, one after the other: the lines in the JSON file that is named.

The second argument is the folder, below the clone's, that the terminal opens in. What each line
printed comes as JSON into the file beside it whose name ends in `.out`.
"""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.windows.inside.outcome import Fault, play
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

LINE_SECONDS = 60
PAUSE_SECONDS = 0.3  # what comes with a line at once, Wine's cmd takes for a part of it
MARK = "=== typed ==="


class Terminal:
    """`cmd` in a folder, without its prompts."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            ["cmd", "/d", "/q", "/k", "prompt $S"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **AS_TEXT,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.type("rem")  # what it greets with

    def type(self, line: str) -> str:
        """Type a line; return what is printed until `cmd` waits for the next."""
        assert self.process.stdin, "it is a pipe"
        for one in (line, f"echo {MARK}"):
            self.process.stdin.write(f"{one}\n")
            self.process.stdin.flush()
            time.sleep(PAUSE_SECONDS)
        said = ""
        try:
            while MARK not in (printed := self._lines.get(timeout=LINE_SECONDS)):
                said += printed
        except queue.Empty:
            raise Fault(f"“{line}” does not end:\n{said}") from None
        return said

    def _read(self) -> None:
        assert self.process.stdout, "it is a pipe"
        for line in self.process.stdout:
            self._lines.put(line)


def main() -> None:
    file, folder = Path(sys.argv[1]), ROOT / sys.argv[2]
    terminal = Terminal(folder)
    try:
        lines = json.loads(file.read_text(encoding="utf-8"))
        said = [terminal.type(line) for line in lines]
    finally:
        terminal.process.kill()
    file.with_suffix(".out").write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    play(main)
