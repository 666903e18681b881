"""How many files this process may have open: a socket counts as one."""

import sys

from workbook.errors import WorkbookError

SPARE_FILES = 200


def allow_open_files() -> int:
    """Raise the soft limit up to the hard one, for this process and its children; return it.

    Systems give 256 (macOS) or 1,024 (Linux) to begin with: too few for a thousand visitors.
    """
    if sys.platform == "win32":  # it has no such limit for sockets
        return sys.maxsize
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS calls the hard limit infinite, and takes no number above its own.
    wanted = 10_240 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def require_open_files(visitors: int) -> None:
    """Raise WorkbookError where so many visitors, and the rest, may not have their files open."""
    needed, allowed = visitors + SPARE_FILES, allow_open_files()
    if allowed < needed:
        raise WorkbookError(
            f"A process of this benchmark has up to {needed} sockets open, and this system "
            f"allows {allowed}. Raise the limit (ulimit -n {needed}), or ask for fewer "
            "visitors: --sizes 1,100"
        )
