"""What is left running of the clone: processes of its environment, or with a run's mark."""

import os
from contextlib import suppress

import psutil

from tests.windows.inside.outcome import Fault
from workbook.paths import ENVIRONMENT, STATE
from workbook.runtime.child_environment import MARK
from workbook.runtime.waiting import wait_until

END_SECONDS = 15


def remaining() -> list[psutil.Process]:
    """Return the processes of this clone's that are none of this scenario's."""
    own = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
    own |= {one.pid for one in psutil.Process().children(recursive=True) if _is_helper(one)}
    return [one for one in psutil.process_iter() if one.pid not in own and _is_of_clone(one)]


def require_nothing_left(after: str) -> None:
    """Raise Fault where something goes on `after` something, or a run's folder is still there."""
    if not wait_until(lambda: not remaining(), END_SECONDS, 0.2):
        left = "\n".join(f"  {one.pid} {' '.join(_words(one))}" for one in remaining())
        raise Fault(f"after {after} this goes on:\n{left}")
    runs = [path.name for path in (STATE / "runs").glob("*")]
    if runs:
        raise Fault(f"after {after} these runs have a folder: {', '.join(runs)}")


def _is_of_clone(process: psutil.Process) -> bool:
    with suppress(psutil.Error, OSError):
        if process.environ().get(MARK):
            return True
        return str(ENVIRONMENT).lower() in " ".join(_words(process)).lower()
    return False


def _is_helper(process: psutil.Process) -> bool:
    """Tell whether it compiles the packages, which goes on beside any call."""
    return "bootstrap.compilation" in " ".join(_words(process))


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error, OSError):
        return process.cmdline()
    return []
