"""`guide`: serves the guide's pages, and loads them anew when one changes."""

from __future__ import annotations

import subprocess
import sys

from workbook.paths import ROOT
from workbook.runtime.ports import LOOPBACK, require_free
from workbook.runtime.signals import StopRequested, StopSignals


def serve_guide(port: int) -> int:
    """Serve the guide on 127.0.0.1 until Ctrl-C; return MkDocs' exit code, 0 after Ctrl-C.

    SIGTERM and a closed terminal end MkDocs as well. Raises WorkbookError if the port is taken.
    """
    require_free(port)
    print(f"The guide: http://localhost:{port}/  (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"{LOOPBACK}:{port}"]
    try:
        with (
            StopSignals().listening(),
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) as process,
        ):
            try:
                return process.wait()
            finally:
                process.terminate()
    except StopRequested as stop:
        return stop.exit_code
