"""Says in words why the environment could not be made. Plain standard library."""

import errno
import re
import sys
from pathlib import Path

from workbook.paths import ROOT

NEWEST_TRIED = (3, 13)
NO_NETWORK = (
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname"
    r"|Failed to establish a new connection|Network is unreachable|No route to host"
    r"|Connection refused|ConnectTimeout|ConnectionError|Read timed out|ReadTimeout"
    r"|ProxyError|Cannot connect to proxy|Connection (reset|aborted)|Connection broken"
    r"|\(from versions: none\)"  # what pip says of every package when it reaches no index
)
# The first that the log matches is said.
REASONS = (
    (
        r"No space left on device|Errno 28|not enough space|Disk quota exceeded",
        "The disk is full: the environment takes about 600 MB. Make room, then call again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index showed a certificate that this machine does not trust. Behind a"
        " company's proxy, name its certificate to pip (the variable PIP_CERT), then call again.",
    ),
    (
        NO_NETWORK,
        "The packages could not be fetched: setting up needs the network, once. Connect, then call"
        " again. Behind a proxy, set HTTPS_PROXY; with a mirror of the package index, set"
        " PIPENV_PYPI_MIRROR and pip's own index-url.",
    ),
    (
        r"ensurepip is not available|No module named '?ensurepip",
        "This Python can't make virtual environments. On Debian and Ubuntu:"
        " sudo apt install python3-venv. Then call again.",
    ),
    (
        r"No module named '?pipenv",
        "pip put the packages somewhere else than into .venv: its settings `target` or `prefix` say"
        " so (pip config list shows them). Unset them for this call, then call again.",
    ),
    (
        r"Permission denied|Read-only file system|Access is denied",
        f"Something in {ROOT} could not be written. Give yourself the right to write there"
        " (or clone the workbook into your home folder), then call again.",
    ),
)


def explain(log: Path) -> str:
    """Return what to tell a person after a step failed: why, as far as `log` shows, and its end."""
    text = log.read_text(encoding="utf-8", errors="replace")
    reasons = (sentence for pattern, sentence in REASONS if re.search(pattern, text))
    sentence = next(reasons, "")
    version = "{}.{}".format(*sys.version_info[:2])
    if not sentence:
        sentence = "The packages could not be installed. Call again to try once more."
        if sys.version_info[:2] > NEWEST_TRIED:
            sentence += f" The workbook is tried on Python 3.11 to 3.13, and this is {version}."
    return f"{sentence}\n\nThe end of {log}:\n{last_lines(text)}"


def last_lines(text: str, count: int = 8) -> str:
    """Return the last lines that say something, indented; the lock's hashes are left out."""
    speaking = [line.rstrip() for line in text.splitlines() if line.strip()]
    speaking = [line for line in speaking if "--hash=" not in line]
    return "\n".join(f"  {line[:160]}" for line in speaking[-count:])


def explain_unwritable(problem: OSError) -> str:
    """Return what to tell a person when the workbook's own folder can't be written."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: the environment takes about 600 MB. Make room, then call again."
    where = problem.filename or ROOT
    return (
        f"The workbook could not write {where}: {problem.strerror}.\n"
        "Give yourself the right to write there (or clone the workbook into your home folder),"
        " then call again."
    )
