"""Makes the environment in `.venv` and says how far it is. Plain standard library."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from workbook.bootstrap import (
    bundled_pip,
    compilation,
    environment,
    package_sources,
    workbook_command,
)
from workbook.bootstrap.failures import (
    explain,
    explain_long_path,
    explain_unwritable,
    has_no_uv,
    newer_than_tried,
)
from workbook.bootstrap.installer_process import ended_with_us, installers_variables
from workbook.bootstrap.lock import stopped_by_signals, taking_turns
from workbook.bootstrap.portions import BASE, PORTIONS, portion_of
from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT, STATE
from workbook.runtime.process_output import decoded

LOG = ENVIRONMENT / "install.log"
# Characters of the longest path of a package's file on Windows, below `.venv`, with some to spare.
LONGEST_PATH = 120
LONGEST_STEP = 3600  # seconds; a slow connection may need many minutes, but every wait has an end
# What uv says, and the variable with which it is tried once more: a certificate that the system
# trusts though uv does not, and a home folder that can't be written.
SECOND_TRIES = {
    r"invalid peer certificate": {"UV_SYSTEM_CERTS": "1"},
    r"Failed to initialize cache": {"UV_NO_CACHE": "1"},
}


class StepFailed(WorkbookError):
    """A step of the installation failed; `said` is what it wrote."""

    def __init__(self, said: str) -> None:
        super().__init__(explain(LOG, said))
        self.said = said


def prepare(wanted: Iterable[str] = (BASE,)) -> None:
    """Make the environment complete, or repair it, with the portions `wanted`; say what goes on.

    Two calls at once take turns. Raises WorkbookError when Python lacks a part, the folder can't be
    written or the packages can't be had; KeyboardInterrupt and SystemExit leave an environment that
    the next call repairs or makes again.
    """
    require_modules()
    try:
        STATE.mkdir(exist_ok=True)
        with taking_turns(STATE / "environment.lock") as handle, stopped_by_signals():
            if not environment.is_complete(wanted):
                compilation.end_compilation()
                Installation(handle, wanted).run()
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise WorkbookError(explain_unwritable(problem)) from problem


def require_modules() -> None:
    """Raise WorkbookError if this Python lacks what makes virtual environments."""
    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if not missing and bundled_pip.find_wheel() is None:
        missing = ["ensurepip (its pip is gone)"]
    if missing:
        version = "{}.{}".format(*sys.version_info[:2])
        raise WorkbookError(
            f"The workbook makes itself a virtual environment, and this Python {version} lacks"
            f" {' and '.join(missing)}, which it takes.\n"
            f"On Debian and Ubuntu: sudo apt install python3-venv (or python{version}-venv)."
            " Then call again."
        )


def lay_folder() -> None:
    """Leave a `.venv` that can be installed into, or an empty one; nothing that works is discarded.

    An environment that was left unfinished, or whose Python is gone or another one by now, makes
    room for a new one. One that the tool did not make is kept below `.workbook`, and so is a file
    of that name: a stamp alone says only that the tool has installed into it.
    """
    for rest in STATE.glob("discarded-*"):
        shutil.rmtree(rest, ignore_errors=True)
    stamp, fields = environment.read_stamp(), environment.stamp_fields()
    version = environment.version_of(environment.python_of(ENVIRONMENT))
    moved = stamp and fields.get("folder") != str(ENVIRONMENT)
    updated = "python" in fields and fields["python"] != version
    runs = tuple(map(int, version.split("."))) >= (3, 11) if version else False
    if runs and stamp != environment.UNFINISHED and not moved and not updated:
        return
    is_empty = ENVIRONMENT.is_dir() and not any(ENVIRONMENT.iterdir())
    if os.path.lexists(ENVIRONMENT) and not is_empty:
        is_ours = environment.MADE_HERE.exists()
        kind = "discarded" if is_ours else "kept-environment"
        away = STATE / f"{kind}-{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}"
        ENVIRONMENT.rename(away)
        if is_ours:
            print("The environment in .venv is unfinished or out of place: it is made again.")
            shutil.rmtree(away, ignore_errors=True)
        else:
            kept = away.relative_to(ROOT)
            print(f"The .venv that was here can't be used as it is: it is kept as {kept}.")
    ENVIRONMENT.mkdir(exist_ok=True)
    environment.MADE_HERE.touch()


def require_room_for_paths() -> None:
    """Raise WorkbookError where a path may not be as long as the packages' would be in `.venv`.

    Windows takes 259 characters, unless it was told to take more. uv writes longer ones all the
    same, and then Python can't read what was installed.
    """
    longest = ENVIRONMENT / ("p" * LONGEST_PATH)
    try:
        longest.touch()
        longest.unlink()
    except OSError as problem:
        if problem.errno in (errno.ENOENT, errno.ENAMETOOLONG, errno.EINVAL):
            raise WorkbookError(explain_long_path(len(str(longest)))) from problem
        raise


class Installation:
    """One attempt to make the environment: its steps, its log and the seconds it has taken."""

    def __init__(self, lock_handle: int, wanted: Iterable[str]) -> None:
        self.lock_handle = lock_handle
        self.portions = set(wanted)
        self.began = time.monotonic()
        self.packages = environment.locked_packages()

    @property
    def wanted(self) -> set[str]:
        """The packages to install here: those of the portions, as far as a marker names Windows."""
        return {
            name
            for name, entry in self.packages.items()
            if portion_of(name) in self.portions and is_for_this_system(entry)
        }

    def run(self) -> None:
        """Make `.venv`, install the lock's packages, and stamp the result."""
        lay_folder()
        require_room_for_paths()
        python = environment.python_of(ENVIRONMENT)
        afresh = not python.exists()
        there = set(environment.stamp_fields().get("portions", "").split()) & set(PORTIONS)
        # What is there stays, and is brought up to the lock as well.
        self.portions |= there
        adding = environment.is_complete(there) if there else False
        if not adding:
            environment.write_stamp(environment.UNFINISHED)
        LOG.write_text("", encoding="utf-8")
        self.announce(afresh, adding)
        if afresh:
            base = getattr(sys, "_base_executable", None) or sys.executable
            self.step(
                [base, "-m", "venv", "--without-pip", "--prompt", "workbook", str(ENVIRONMENT)]
            )
        if adding:
            discard_half_installed(self.wanted)
        try:
            self.install(str(python))
        except WorkbookError:
            # uv fetches everything before it replaces anything: without a network, say, a working
            # environment is brought up to date later, not thrown away.
            if not afresh and not adding:
                environment.write_stamp(environment.outdated_stamp(there))
            raise
        version = environment.version_of(python)
        environment.write_stamp(environment.expected_stamp(version, self.portions))
        self.say(f"done. The full log is in {LOG.relative_to(ROOT)}\n")

    def announce(self, afresh: bool, adding: bool) -> None:
        """Say what is about to happen, and how long it takes."""
        if remark := newer_than_tried():
            print(remark)
        if afresh:
            print("Setting up the workbook: once, about ten seconds. It needs the network.")
        elif adding:
            print("Adding packages that this call needs: once. It needs the network.")
        else:
            print("Bringing the workbook's environment up to what Pipfile.lock says.")

    def install(self, python: str) -> None:
        """Bring uv and let it install what the lock names; pip does where there is no uv."""
        variables = installers_variables()
        file = ENVIRONMENT / "requirements.txt"
        uv = self.bring_uv(python, variables)
        file.write_text(package_sources.requirements(self.packages, self.wanted), encoding="utf-8")
        strict = ["--require-hashes", "--no-deps", "--requirement", str(file)]
        if uv:
            self.say(f"uv installs {len(self.wanted)} packages, each as Pipfile.lock names it")
            # The one setting of a source that uv takes no variable for.
            offline = ["--no-index"] if variables.get(package_sources.NO_INDEX) else []
            command = [str(uv), "pip", "install", "--python", python, *offline, *strict]
            self.step_of_uv(command, variables)
        else:
            self.say(f"there is no uv for this system: pip installs {len(self.wanted)} packages")
            command = [python, bundled_pip.script(), "install", *strict]
            self.step(command, self.progress, variables)
        scripts = environment.scripts_of(ENVIRONMENT)
        for packages in environment.package_folders(ENVIRONMENT):
            bundled_pip.add_commands(scripts, packages)
        workbook_command.place(scripts)

    def bring_uv(self, python: str, variables: dict[str, str]) -> Path | None:
        """Return uv in the locked version, fetched by pip if need be; None where it can't run."""
        version = str(self.packages["uv"]["version"]).removeprefix("==")
        uv = environment.scripts_of(ENVIRONMENT) / ("uv.exe" if os.name == "nt" else "uv")
        if is_version(uv, version):
            return uv
        self.say(f"fetching uv {version}, which installs the packages")
        file = ENVIRONMENT / "requirements.txt"
        file.write_text(package_sources.requirement("uv", self.packages["uv"]), encoding="utf-8")
        strict = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(file)]
        try:
            self.step([python, bundled_pip.script(), "install", *strict], None, variables)
        except StepFailed as failure:
            if has_no_uv(failure.said):
                return None
            raise
        return uv if is_version(uv, version) else None

    def step_of_uv(self, command: list[str], variables: dict[str, str]) -> None:
        """Run a command of uv; once more where a variable that the tool sets may be the cure."""
        try:
            self.step(command, self.progress, variables)
        except StepFailed as failure:
            for pattern, cure in SECOND_TRIES.items():
                if re.search(pattern, failure.said) and not cure.keys() & variables.keys():
                    return self.step(command, self.progress, variables | cure)
            raise

    def say(self, text: str) -> None:
        """Print a line with the seconds since the start."""
        print(f"{time.monotonic() - self.began:4.0f} s  {text}", flush=True)

    def progress(self) -> str:
        """Return what is still on its way, and how many of the lock's packages are in place."""
        placed = names_in_place(ENVIRONMENT) & self.wanted
        text = f"{len(placed)} of {len(self.wanted)} packages in place"
        coming = on_the_way(LOG.read_text(encoding="utf-8", errors="replace"))
        return f"{text}; on the way: {', '.join(coming[:3])}" if coming else text

    def step(
        self,
        command: list[str],
        progress: Callable[[], str] | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        """Run one command into the log; raise StepFailed with what it said if it fails."""
        before = LOG.stat().st_size
        variables = environment.activated(dict(os.environ)) if variables is None else variables
        with (
            LOG.open("ab") as log,
            ended_with_us(command, log, self.lock_handle, variables) as process,
        ):
            began, pause = time.monotonic(), 5.0
            while process.poll() is None:
                try:
                    process.wait(timeout=pause)
                except subprocess.TimeoutExpired:
                    if time.monotonic() - began > LONGEST_STEP:
                        break
                    if progress:
                        self.say(progress())
                    pause = min(pause * 1.2, 20.0)  # a slow connection must not fill the screen
        if process.returncode != 0:
            raise StepFailed(decoded(LOG.read_bytes()[before:]))


def is_version(uv: Path, version: str) -> bool:
    """Tell whether that uv runs here and is of that version."""
    try:
        done = subprocess.run([str(uv), "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and decoded(done.stdout).split()[1:2] == [version]


def is_for_this_system(entry: dict[str, object]) -> bool:
    """Tell whether a package of the lock is wanted here, as far as its marker names Windows."""
    return os.name == "nt" or "win32" not in str(entry.get("markers", ""))


def on_the_way(log: str) -> list[str]:
    """Return the large packages that uv has begun to fetch and has not got yet, with sizes."""
    begun = dict(re.findall(r"^Downloading ((?:(?!\.whl)\S)+) \((.+)\)$", log, re.MULTILINE))
    for name in re.findall(r"^ *Downloaded (\S+)$", log, re.MULTILINE):
        begun.pop(name, None)
    return [f"{name} ({size})" for name, size in begun.items()]


def names_in_place(folder: Path) -> set[str]:
    """Return the packages in place in the environment `folder`, by the names that the lock uses.

    It may be asked while an installer replaces a package. So it looks at names alone, one list a
    folder: a walk into the packages meets folders that have just been moved away.
    """
    found: list[Path] = []
    for packages in environment.package_folders(folder):
        with suppress(OSError):
            found += packages.iterdir()
    return {name_of(path.name) for path in found if path.suffix == ".dist-info"}


def discard_half_installed(names: Iterable[str]) -> None:
    """Forget those of the packages whose installation was interrupted: they are installed again.

    The list of its files, RECORD, is the last that an installer writes of a package.
    """
    wanted = set(names)
    for packages in environment.package_folders(ENVIRONMENT):
        for folder in packages.glob("*.dist-info"):
            if name_of(folder.name) in wanted and not (folder / "RECORD").is_file():
                shutil.rmtree(folder)


def name_of(folder: str) -> str:
    """Return the lock's spelling of the name in `Foo_Bar-1.2.dist-info`."""
    name = folder.partition("-")[0]
    return name.lower().replace("_", "-").replace(".", "-")
