"""Ports of this machine: free ones, taken ones, and the processes that hold them."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import socket
import sys
import tempfile
import threading
from itertools import chain
from pathlib import Path
from typing import IO

import psutil

from workbook.errors import WorkbookError
from workbook.runtime.file_locks import try_lock_byte

LOOPBACK = "127.0.0.1"
# Below those that systems give to outgoing connections (32768 and up on Linux): such a connection
# could take a port before the server that it is meant for does.
CHOSEN_FROM = range(20_000, 32_000)
FIRST_OF_EVERYBODY = 1024
# Hyper-V and WSL have Windows keep whole ranges of ports that nobody listens on.
SHOWN_BY = ""
if sys.platform == "win32":
    SHOWN_BY = " (netsh int ipv4 show excludedportrange tcp lists such ports)"
# How servers say, each in its words, that somebody else holds their port.
IN_USE = re.compile(r"(?i)(?:address|port) (?:is )?already in use|WinError 10048")


def port_number(text: str) -> int:
    """Return the port that `text` names; argparse turns the error into a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not “{text}”")
    return int(text)


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody holds, reserved for this process until it ends.

    Between choosing a port and listening on it there is time. No other process of this user's that
    asks here is given the same port meanwhile, and this one is never given it again; programs of
    others know nothing of that. Raises WorkbookError where none is left.
    """
    start = random.randrange(len(CHOSEN_FROM))
    for port in chain(CHOSEN_FROM[start:], CHOSEN_FROM[:start]):
        if _reservations.take(port) and can_bind(port):
            return port
    raise WorkbookError(
        f"No port from {CHOSEN_FROM.start} to {CHOSEN_FROM.stop - 1} is free on this machine. "
        "End what listens there, then try again."
    )


def can_bind(port: int) -> bool:
    """Tell whether nobody holds `port` on 127.0.0.1 at this moment."""
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class _Reservations:
    """The ports of this process: each one byte, locked, of a file that all of a user's share.

    The system lets the locks go however the process ends. One file, because a process may have
    more ports than it may have files open.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._file: IO[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def take(self, port: int) -> bool:
        """Reserve `port`; False where it is reserved, by this process or by another."""
        with self._one_at_a_time:
            if self._file is None:
                self._file = _open_private(reservations_path())
            if port in self._taken or not _try_note(self._file, port):
                return False
            self._taken.add(port)
            return True


def reservations_path() -> Path:
    """Return the file that all of a user's processes note their ports in."""
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""  # on Windows the folder is the user's
    return Path(tempfile.gettempdir()) / f"workbook-ports{user}.lock"


def _open_private(path: Path) -> IO[bytes]:
    """Open a file of this user's alone, without following a link that somebody else put there."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)
    except OSError as error:
        raise WorkbookError(
            f"The workbook notes in {path} which ports it uses, and cannot write there: "
            f"{error.strerror}. Remove that file, or name another folder in TMPDIR."
        ) from error


def _try_note(file: IO[bytes], port: int) -> bool:
    try:
        return try_lock_byte(file, port)
    except OSError as error:
        raise WorkbookError(
            f"The workbook locks in {reservations_path()} which ports it uses, and the file system "
            f"there has no locks: {error.strerror}. Name a folder on a local disk in TMPDIR."
        ) from error


_reservations = _Reservations()


def listeners(port: int) -> list[psutil.Process]:
    """Return who listens on `port` of this machine, as far as the system tells."""
    try:
        found = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS tells only root
        return []
    pids = {
        one.pid
        for one in found
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid
    }
    processes = []
    for pid in sorted(pids):
        with contextlib.suppress(psutil.NoSuchProcess):
            processes.append(psutil.Process(pid))
    return processes


def is_free(port: int) -> bool:
    """Tell whether a new server could listen on `port` and be what localhost reaches."""
    # A server that listens on ::1 alone does not hinder the bind below, yet browsers would ask it.
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        pass
    else:
        return False
    refusal = _refusal(port)
    if isinstance(refusal, PermissionError) and port < FIRST_OF_EVERYBODY:
        raise WorkbookError(
            f"Port {port} is reserved for the system. Choose one from {FIRST_OF_EVERYBODY} up."
        ) from refusal
    return refusal is None


def _refusal(port: int) -> OSError | None:
    """Return what hinders a server from listening on `port` of 127.0.0.1, None where nothing."""
    with socket.socket() as probe:
        # Elsewhere the option lets us bind in spite of connections that are fading away;
        # on Windows it would let us bind in spite of a server.
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            return error
    return None


def holder(port: int) -> str:
    """Return who listens on `port`, such as `python3 (process 4711)`, or "" if it can't be told."""
    for process in listeners(port):
        try:
            return f"{process.name()} (process {process.pid})"
        except psutil.Error:
            return f"process {process.pid}"
    return ""


def why_taken(port: int) -> str:
    """Return why a `port` that is not free isn't, such as `taken by python3 (process 4711)`."""
    if who := holder(port):
        return f"taken by {who}"
    if isinstance(_refusal(port), PermissionError):
        return f"kept by the system{SHOWN_BY}"
    return "taken by another program"


def require_free(port: int) -> None:
    """Raise WorkbookError, naming the holder and another port, unless `port` is free."""
    if is_free(port):
        return
    why = why_taken(port)
    # Neighbours first, so that the number is one a person can remember.
    candidates = range(max(port + 1, FIRST_OF_EVERYBODY), min(port + 100, 65536))
    other = next((number for number in candidates if is_free(number)), free_port())
    way_out = "End what runs there, or choose" if why.startswith("taken") else "Choose"
    raise WorkbookError(f"Port {port} is {why}. {way_out} another port: --port {other}")
