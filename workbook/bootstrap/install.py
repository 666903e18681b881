"""Makes the environment in `.venv` and says how far it is. Plain standard library."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from workbook.bootstrap import environment
from workbook.bootstrap.failures import explain, explain_unwritable
from workbook.bootstrap.installer_process import ended_with_us
from workbook.bootstrap.lock import stopped_by_signals, taking_turns
from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT, STATE

LOG = ENVIRONMENT / "install.log"
LONGEST_STEP = 3600  # seconds; a slow line may need many minutes, but no wait is for ever


def prepare() -> None:
    """Make the environment complete, or mend it; say what goes on.

    Two calls at once take turns. Raises WorkbookError when Python lacks a part, the folder can't be
    written or the packages can't be had; KeyboardInterrupt and SystemExit leave an environment that
    the next call makes anew.
    """
    require_modules()
    try:
        STATE.mkdir(exist_ok=True)
        with taking_turns(STATE / "environment.lock") as handle, stopped_by_signals():
            if not environment.is_complete():
                Installation(handle).run()
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise WorkbookError(explain_unwritable(problem)) from problem


def require_modules() -> None:
    """Raise WorkbookError if this Python lacks what makes virtual environments."""
    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if missing:
        version = "{}.{}".format(*sys.version_info[:2])
        raise WorkbookError(
            f"The workbook makes itself a virtual environment, and this Python {version} lacks the"
            f" module {' and '.join(missing)} that it takes.\n"
            f"On Debian and Ubuntu: sudo apt install python3-venv (or python{version}-venv)."
            " Then call again."
        )


def lay_folder() -> None:
    """Leave a `.venv` that can be installed into, or an empty one; nothing that works is discarded.

    An environment that the tool itself left unfinished, or whose Python is gone, makes room for a
    new one. One that the tool did not make is kept below `.workbook` if it is no use.
    """
    for rest in STATE.glob("discarded-*"):
        shutil.rmtree(rest, ignore_errors=True)
    stamp = environment.read_stamp()
    version = environment.version_of(environment.python_of(ENVIRONMENT))
    moved = stamp and f"folder {ENVIRONMENT}\n" not in stamp
    runs = tuple(map(int, version.split("."))) >= (3, 11) if version else False
    if runs and stamp != environment.UNFINISHED and not moved:
        return
    if ENVIRONMENT.exists() and any(ENVIRONMENT.iterdir()):
        kind = "discarded" if stamp else "kept-environment"
        away = STATE / f"{kind}-{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}"
        ENVIRONMENT.rename(away)
        if stamp:
            print("The environment in .venv is unfinished or out of place: it is made anew.")
            shutil.rmtree(away, ignore_errors=True)
        else:
            print(f"The .venv that was here is of no use; it is kept as {away.relative_to(ROOT)}.")
    ENVIRONMENT.mkdir(exist_ok=True)


class Installation:
    """One go at making the environment: its steps, its log and the seconds it has taken."""

    def __init__(self, lock_handle: int) -> None:
        self.lock_handle = lock_handle
        self.began = time.monotonic()
        lock = json.loads(environment.LOCK.read_text(encoding="utf-8"))
        self.packages = lock["default"] | lock["develop"]
        self.wanted = {name for name, entry in self.packages.items() if is_for_this_system(entry)}

    def run(self) -> None:
        """Make `.venv`, install the lock's packages, and stamp the result."""
        lay_folder()
        python = environment.python_of(ENVIRONMENT)
        afresh = not python.exists()
        environment.write_stamp(environment.UNFINISHED)
        LOG.write_text("", encoding="utf-8")
        if afresh:
            print("Setting up the workbook: once, about a minute, and it needs the network.")
            self.say("making a virtual environment in .venv")
            base = getattr(sys, "_base_executable", None) or sys.executable
            self.step([base, "-m", "venv", "--prompt", "workbook", str(ENVIRONMENT)])
        else:
            print("Bringing the workbook's environment up to what Pipfile.lock says.")
        try:
            self.install(str(python))
        except WorkbookError:
            # pip has put back what it was replacing: without a network, say, a working environment
            # is brought up to date later, not thrown away.
            if not afresh:
                environment.write_stamp(environment.outdated_stamp())
            raise
        environment.write_stamp(environment.expected_stamp(environment.version_of(python)))
        self.say(f"done. The full log is in {LOG.relative_to(ROOT)}\n")

    def install(self, python: str) -> None:
        """Install pipenv, and with it what the lock names."""
        version = self.packages["pipenv"]["version"]
        self.say(f"installing pipenv {version.removeprefix('==')}, which reads the lock")
        pip = ["-m", "pip", "install", "--disable-pip-version-check", f"pipenv{version}"]
        self.step([python, *pip])
        self.say(f"installing the lock's {len(self.wanted)} packages")
        self.step([python, "-m", "pipenv", "sync", "--dev", "--verbose"], self.progress)

    def say(self, text: str) -> None:
        """Print a line with the seconds since the start."""
        print(f"{time.monotonic() - self.began:4.0f} s  {text}", flush=True)

    def progress(self) -> str:
        """Return how many of the lock's packages have come and how many are in place."""
        log = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
        words = [line.split() for line in log if "Collecting" in line]
        fetched = {name_of(part[1]) for part in words if part[0] == "Collecting" and part[1:]}
        placed = names_in_place(ENVIRONMENT) & self.wanted
        fetched = (fetched & self.wanted) | placed
        return f"{len(fetched)} of {len(self.wanted)} packages fetched, {len(placed)} in place"

    def step(self, command: list[str], progress: Callable[[], str] | None = None) -> None:
        """Run one command into the log; raise WorkbookError with its last lines if it fails."""
        with LOG.open("ab") as log, ended_with_us(command, log, self.lock_handle) as process:
            began, pause = time.monotonic(), 5.0
            while process.poll() is None:
                try:
                    process.wait(timeout=pause)
                except subprocess.TimeoutExpired:
                    if time.monotonic() - began > LONGEST_STEP:
                        break
                    if progress:
                        self.say(progress())
                    pause = min(pause * 1.2, 20.0)  # a slow line shall not fill the screen
        if process.returncode != 0:
            raise WorkbookError(explain(LOG))


def is_for_this_system(entry: dict[str, object]) -> bool:
    """Tell whether a package of the lock is wanted here, as far as its marker names Windows."""
    return os.name == "nt" or "win32" not in str(entry.get("markers", ""))


def names_in_place(folder: Path) -> set[str]:
    """Return the packages in place in the environment `folder`, by the names that the lock uses.

    It may be asked while pip replaces a package. So it looks at names alone, one list a folder: a
    walk into the packages meets folders that have just been moved away.
    """
    found: list[Path] = []
    for packages in (*folder.glob("lib/python*/site-packages"), folder / "Lib/site-packages"):
        with suppress(OSError):
            found += packages.iterdir()
    return {name_of(path.name) for path in found if path.suffix == ".dist-info"}


def name_of(text: str) -> str:
    """Return the lock's spelling of the name in `Foo_Bar==1.2` or `foo_bar-1.2.dist-info`."""
    name = text.split("==")[0] if "==" in text else text.partition("-")[0]
    return name.lower().replace("_", "-").replace(".", "-")
