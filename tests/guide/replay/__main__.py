"""`python -m tests.guide.replay [--refresh] [PAGE …]`: follow pages, by the numbers of their steps.

With `--refresh`, output that is no longer what was printed is corrected in `docs/`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.guide.replay.inside import REFRESH
from tests.guide.replay.private import follow_in, has_namespaces, private_copy
from workbook.paths import ROOT

PAGES = ("01", "02", "03", "04", "05")


def bring_back(corrected: Path, before: bytes) -> None:
    """Write a corrected page into docs/, unless somebody has written there in the meantime."""
    own = ROOT / "docs" / corrected.name
    if own.read_bytes() != before:
        print(f"{own} was changed while its copy was followed: it stays as it is. Refresh again.")
        return
    shutil.copyfile(corrected, own)


def main(arguments: list[str]) -> int:
    """Follow each page in a workbook of its own; return 1 if one does not hold."""
    if not has_namespaces():
        print("The replay needs namespaces of its own, which this system does not give it.")
        return 1
    refresh = REFRESH in arguments
    code = 0
    for page in [one for one in arguments if one != REFRESH] or PAGES:
        with private_copy() as copy:
            markdown = next((copy / "docs").glob(f"{page}-*.md"))
            before = markdown.read_bytes()
            done = follow_in(copy, [page, *([REFRESH] if refresh else [])])
            print(done.stdout, end="")
            if refresh:
                bring_back(markdown, before)
        code = code or done.returncode
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
