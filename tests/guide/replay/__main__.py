"""`python -m tests.guide.replay [PAGE …]`: follow pages, by their steps' numbers or lessons' names.

With `--refresh`, output that is no longer what was printed is corrected in `docs/`. With
`--environment FOLDER` the reader works in a virtual environment of their own.
"""

import argparse
import shutil
import sys
from pathlib import Path

from tests.guide.replay.replay_page import page_of, pages
from tests.guide.replay.sandbox.entrypoint import ENVIRONMENT, REFRESH, add_options
from tests.guide.replay.sandbox.namespaces import follow_in, has_namespaces, private_copy
from workbook.paths import ROOT


def bring_back(corrected: Path, own: Path, before: bytes) -> None:
    """Write a corrected page into docs/, unless somebody has written there in the meantime."""
    if own.read_bytes() != before:
        print(f"{own} was changed while its copy was followed: it stays as it is. Refresh again.")
        return
    shutil.copyfile(corrected, own)


def main(arguments: list[str]) -> int:
    """Follow each page in a workbook of its own; return 1 if one does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.guide.replay", description="Follow pages of the guide to the letter."
    )
    add_options(parser)
    options = parser.parse_args(arguments)
    switches = [REFRESH] if options.refresh else []
    if options.environment:
        switches += [ENVIRONMENT, str(options.environment)]
    if not has_namespaces():
        print("The replay needs namespaces of its own, which this system does not give it.")
        return 1
    code = 0
    for page in options.pages or pages():
        with private_copy() as copy:
            markdown = page_of(copy, page)
            if not markdown.is_file():
                parser.error(f"there is no page {page}. There are: {', '.join(pages())}")
            before = markdown.read_bytes()
            done = follow_in(copy, [page, *switches])
            print(done.stdout, end="")
            if options.refresh:
                bring_back(markdown, page_of(ROOT, page), before)
        code = code or done.returncode
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
