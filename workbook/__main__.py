"""`python3 workbook VERB`: makes the environment if need be, then hands over to it.

Written so that an old Python can read it, if only to say that it is too old.
"""

import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "The workbook needs Python {}.{} or newer, and this is Python {}.{} ({}).\n"
        "Install a newer one, then call it by its name, such as: python3.13 workbook".format(
            *(OLDEST + tuple(sys.version_info[:2]) + (sys.executable,))
        )
    )

if not __package__:
    # `python3 workbook` puts the package's own folder first on the path; its parent belongs there.
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 (any Python)
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != here]  # noqa: PTH100
    sys.path.insert(0, os.path.dirname(here))  # noqa: PTH120

if __name__ == "__main__":
    # Ctrl-C may come while this imports: to stop is no error, and no reason for a traceback.
    try:
        from workbook.runtime.signals import release_interrupts

        release_interrupts()
        from workbook.launcher import main

        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
