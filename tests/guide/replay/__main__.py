"""`python -m tests.guide.replay [--refresh] [PAGE …]`: follow pages, by the numbers of their steps.

With `--refresh`, output that is no longer what was printed is corrected in `docs/`.
"""

from __future__ import annotations

import shutil
import sys

from tests.guide.replay.inside import REFRESH
from tests.guide.replay.private import in_private, private_copy, way_in
from workbook.places import ROOT

PAGES = ("01", "02", "03", "04", "05")
PAGE_SECONDS = 400


def main(arguments: list[str]) -> int:
    """Follow each page in a workbook of its own; return 1 if one does not hold."""
    if not way_in():
        print("The replay needs namespaces of its own, which this system does not give it.")
        return 1
    options = [one for one in arguments if one == REFRESH]
    code = 0
    for page in [one for one in arguments if one not in options] or PAGES:
        with private_copy() as copy:
            words = ["-u", "-m", "tests.guide.replay.inside", page, *options]
            done = in_private(copy, words, PAGE_SECONDS)
            if options:
                for corrected in (copy / "docs").glob(f"{page}-*.md"):
                    shutil.copyfile(corrected, ROOT / "docs" / corrected.name)
        print(done.stdout, end="")
        code = code or done.returncode
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
