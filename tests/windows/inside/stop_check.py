"""`check 03`, and Ctrl-C while it runs: the project's processes and the Redis are ended."""

import time

from tests.windows.inside.consoles import workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import require_nothing_left
from workbook.paths import ROOT
from workbook.projects.steps import find_step

STARTED_SECONDS, STOP_SECONDS = 120, 60


def main() -> None:
    target = find_step("03").folder.relative_to(ROOT)
    with workbook("check", "03", "--target", str(target)) as check:
        check.wait_for("Web, worker and beat start", STARTED_SECONDS)
        began = time.monotonic()
        check.press("ctrl-c")
        code = check.wait(STOP_SECONDS)
        print(f"ended with {code} after {time.monotonic() - began:.1f} s")
    if code == 0 or "Traceback" in check.said:
        raise Fault(f"it ended with {code}:\n{check.said}")
    require_nothing_left("a check that was interrupted")


if __name__ == "__main__":
    play(main)
