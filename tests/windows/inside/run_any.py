"""`run` of the step that is named, until its page answers; then Ctrl-C, and nothing is left."""

import sys
import urllib.request

from tests.windows.inside.consoles import workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import require_nothing_left

READY_SECONDS, STOP_SECONDS = 200, 40


def main() -> None:
    with workbook("run", sys.argv[1]) as run:
        run.wait_for("ready: http", READY_SECONDS)
        with urllib.request.urlopen("http://localhost:8000/admin/", timeout=30) as page:
            print(f"the admin answers with {page.status}")
        run.press("ctrl-c")
        code = run.wait(STOP_SECONDS)
    if code or "Traceback" in run.said:
        raise Fault(f"it ended with {code}:\n{run.said}")
    require_nothing_left(f"run {sys.argv[1]}")


if __name__ == "__main__":
    play(main)
