"""`guide`: serves the guide's pages, and loads them again when one changes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from workbook.paths import ROOT
from workbook.runtime.ports import port_number, require_free
from workbook.runtime.process_tree import await_end
from workbook.runtime.signals import (
    StopRequested,
    StopSignals,
    hold_interrupts,
    release_interrupts,
)

END_SECONDS = 30  # for the server to end its checks and its browser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = (
        "Serve the guide, and load it again when a page changes. A step's page shows what the"
        " checks say about work/, after every save."
    )
    parser.epilog = (
        "It answers to localhost alone. Where its port is forwarded under another name, such as"
        " guide.example.org, set WORKBOOK_GUIDE_HOST to that name."
    )
    parser.add_argument("--port", type=port_number, default=8001, help="default: %(default)s")
    parser.add_argument(
        "--editor",
        metavar="NAME",
        help="what “Open” on a page opens a file in, such as pycharm, subl or kate; default: code",
    )


def handle(options: argparse.Namespace) -> int:
    """Serve the guide on 127.0.0.1 until Ctrl-C; return the server's exit code, 0 after Ctrl-C.

    SIGTERM and a closed terminal end the server as well. Raises WorkbookError if the port is taken.
    """
    port = options.port
    os.chdir(ROOT)  # called in work/, it is no hindrance for `start`
    require_free(port)
    command = [sys.executable, "-P", "-m", "docs_ext.live", "--port", str(port)]
    command.append(f"--owner={os.getpid()}")  # killed, it takes the server along
    if options.editor:
        command.append(f"--editor={options.editor}")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    try:
        with StopSignals().listening():
            hold_interrupts()  # the server releases them for itself, once it can end in order
            with subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
            ) as process:
                try:
                    release_interrupts()
                    return process.wait()
                finally:
                    process.terminate()
                    await_end(process, END_SECONDS)
    except StopRequested as stop:
        return stop.exit_code
