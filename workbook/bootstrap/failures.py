"""Explains in a sentence why the environment could not be made. Plain standard library."""

import errno
import os
import re
import sys
from pathlib import Path

from workbook.passwords import shortened
from workbook.paths import ROOT

NEWEST_TRIED = (3, 15)
DISK_IS_FULL = "The disk is full: the environment takes about 400 MB. Make room, then call again."
# The first that the log matches is said. Each has what pip says and what uv says.
# A status counts only in its sentence: a folder or a port may have its number too.
PROXY = r"ProxyError|[Cc]annot connect to proxy|tunnel error|[Pp]roxy [Aa]uthentication"
PROXY += r"|client error \(407 |\b407 Client Error"
NO_NETWORK = (
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname"
    r"|Failed to establish a new connection|Network is unreachable|No route to host"
    r"|Connection refused|ConnectTimeout|ConnectionError|Read timed out|ReadTimeout"
    r"|Connection (reset|aborted)|Connection broken"
    r"|error sending request|client error \(Connect\)|dns error|operation timed out"
    r"|connectivity is disabled"
)
LACKS = r"No matching distribution found for (?P<a>\S+)|there is no version of (?P<b>\S+)"
LACKS += r"|(?P<c>\S+) was not found in the package registry"
REASONS = (
    (r"No space left on device|Errno 28|(?i:not enough space)|Disk quota exceeded", DISK_IS_FULL),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate",
        "The package index showed a certificate that this machine does not trust. Behind a"
        " company's proxy, name the file with its certificate (the variable PIP_CERT, or pip's"
        " setting `cert`), then call again.",
    ),
    (
        PROXY,
        "The proxy did not let the packages through. It is the one that HTTPS_PROXY or pip's"
        " setting `proxy` names: set it right, with its login if it asks for one, then call again.",
    ),
    (
        r"client error \(40[13] |\b40[13] Client Error|401 Unauthorized|403 Forbidden",
        "The package index refused access. Give its address with the login it asks for (pip's"
        " index-url, or UV_DEFAULT_INDEX), then call again.",
    ),
    (
        NO_NETWORK,
        "The packages could not be fetched: setting up needs the network, once. Connect, then call"
        " again. Behind a proxy, set HTTPS_PROXY; with a mirror of the package index, set pip's"
        " index-url or UV_DEFAULT_INDEX.",
    ),
    (
        LACKS,
        "The package index lacks {package}, which the lock names. If it is a mirror, have the"
        " package added there, or name another index (pip's index-url, or UV_DEFAULT_INDEX), then"
        " call again.",
    ),
    (
        r"Hash mismatch|DO NOT MATCH THE HASHES",
        "The package index sent a file that is not the one that the lock names, so it was not"
        " installed. A mirror or a proxy may have changed it: name another index (pip's index-url,"
        " or UV_DEFAULT_INDEX), then call again.",
    ),
    (
        r"ensurepip is not available|No module named '?ensurepip",
        "This Python can't make virtual environments. On Debian and Ubuntu:"
        " sudo apt install python3-venv. Then call again.",
    ),
    (
        r"'utf-8' codec can't encode|contains the PATH separator",
        f"The path of the folder {ROOT} has a character that a virtual environment can't have in"
        f" its own: a “{os.pathsep}”, or one that is not UTF-8. Rename the folder, or move the"
        " workbook to another one, then call again.",
    ),
    (
        r"Failed to build|Failed building wheel|error: subprocess-exited-with-error",
        "A package has no ready-made file for this Python on this system, and it could not be"
        " built here. Use a Python from 3.11 to 3.15 from python.org or your system, then call"
        " again.",
    ),
    (
        r"Permission denied|Read-only file system|Access is denied",
        f"Something in {ROOT} could not be written. Give yourself the right to write there"
        " (or clone the workbook into your home folder), then call again.",
    ),
)


def explain(log: Path, said: str | None = None) -> str:
    """Return what to tell a person after a step failed: why, as far as known, and the log's end.

    `said` is what the failed step wrote; without it the whole log counts.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if said is None else said
    sentence = reason(text) or "The packages could not be installed. Call again to try once more."
    return f"{sentence}\n\nThe end of {log}:\n{last_lines(text)}"


def reason(text: str) -> str:
    """Return the sentence for what an installer said; "" where it is no known failure."""
    for pattern, sentence in REASONS:
        if found := re.search(pattern, text):
            named = next((group for group in found.groups() if group), "a package")
            return sentence.replace("{package}", named.replace("==", " ").rstrip(".,"))
    return ""


def has_no_uv(text: str) -> bool:
    """Tell whether pip failed because no index it reached has uv for this system."""
    return bool(re.search(r"No matching distribution found for uv\b", text)) and not re.search(
        f"{PROXY}|{NO_NETWORK}|CERTIFICATE_VERIFY_FAILED|SSLError", text
    )


def newer_than_tried() -> str:
    """Return a remark on a Python that is newer than any the workbook was tried on, else ""."""
    if sys.version_info[:2] <= NEWEST_TRIED:
        return ""
    return (
        "The workbook is tried on Python 3.11 to {}.{}, and this is {}.{}. It goes on; should"
        " something fail, use one of those.".format(*NEWEST_TRIED, *sys.version_info[:2])
    )


def last_lines(text: str, count: int = 8) -> str:
    """Return the last lines that say something, indented; the lock's hashes are left out."""
    speaking = [line.rstrip() for line in text.splitlines() if line.strip()]
    speaking = [line for line in speaking if "--hash=" not in line]
    return "\n".join(f"  {shortened(line, 160)}" for line in speaking[-count:])


def explain_unwritable(problem: OSError) -> str:
    """Return what to tell a person when the workbook's own folder can't be written."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_IS_FULL
    said = f"The workbook could not write {problem.filename or ROOT}: {problem.strerror}.\n"
    if problem.errno in (errno.ENOTDIR, errno.EEXIST, errno.EBUSY, errno.EXDEV):
        return said + "Move it away (where a disk is mounted there: unmount it), then call again."
    return (
        f"{said}Give yourself the right to write there (or clone the workbook into your home"
        " folder), then call again."
    )


def explain_long_path(most: int) -> str:
    """Return what to tell a person whose system takes no path of `most` characters in .venv."""
    root = str(ROOT)
    return (
        f"The packages bring files whose paths take {most} characters here, more than this system"
        f" allows: {root} alone has {len(root)}.\n"
        "Move the workbook to a folder with a shorter path, such as C:\\workbook, then call again."
        " (Or allow long paths: search the web for Windows' LongPathsEnabled.)"
    )
