"""`python -m docs_ext.live --port N`: what `guide` starts."""

import argparse
import sys

from docs_ext.live.editors import find_editor
from docs_ext.live.server import serve
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.ports import port_number
from workbook.runtime.readable import keep_output_readable
from workbook.runtime.run_records import end_leftovers


def main(arguments: list[str]) -> int:
    """Serve the guide until it is stopped; return the exit code."""
    keep_output_readable()
    parser = argparse.ArgumentParser(prog="python -m docs_ext.live")
    parser.add_argument("--port", type=port_number, required=True)
    parser.add_argument("--editor")
    parser.add_argument("--owner", type=int, help="end when this process, our parent, has ended")
    options = parser.parse_args(arguments)
    try:
        editor = find_editor(options.editor)
        end_leftovers()
        return serve(ROOT, options.port, editor, options.owner)
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
