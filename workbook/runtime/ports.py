"""Ports of this machine: free ones, taken ones, and who holds them."""

from __future__ import annotations

import contextlib
import random
import socket
import sys

import psutil

from workbook.errors import WorkbookError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody holds at the moment.

    A random one, so that runs side by side don't choose the same, and one below those that
    systems give to outgoing connections (32768 and up on Linux): such a connection could take it
    before the server that it is meant for does.
    """
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((LOOPBACK, port))
            return port


def is_free(port: int) -> bool:
    """Tell whether a server of ours could listen on `port` and be what localhost reaches."""
    # A server that listens on ::1 alone does not hinder the bind below, yet browsers would ask it.
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        pass
    else:
        return False
    with socket.socket() as probe:
        # Elsewhere the option lets us bind in spite of connections that are fading away;
        # on Windows it would let us bind in spite of a server.
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError as error:
            raise WorkbookError(
                f"Port {port} is reserved for the system. Choose one from 1024 up."
            ) from error
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Return who listens on `port`, such as `python3 (process 4711)`, or "" if it can't be told."""
    try:
        sockets = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS tells only root
        return ""
    for found in sockets:
        if found.status == psutil.CONN_LISTEN and found.laddr.port == port and found.pid:
            try:
                return f"{psutil.Process(found.pid).name()} (process {found.pid})"
            except psutil.Error:
                return f"process {found.pid}"
    return ""


def require_free(port: int, option: str = "--port") -> None:
    """Raise WorkbookError, naming the holder and another port, unless `port` is free."""
    if not 1 <= port <= 65535:
        raise WorkbookError(f"{port} is no port. Ports go from 1 to 65535: try {option} 8000.")
    if is_free(port):
        return
    who = holder(port)
    held = f"Port {port} is taken" + (f" by {who}." if who else ".")
    # Neighbours first, so that the number is one a person can remember.
    candidates = range(max(port + 1, 1024), min(port + 100, 65536))
    other = next((number for number in candidates if is_free(number)), free_port())
    raise WorkbookError(f"{held} End what runs there, or choose another port: {option} {other}")
