"""A Debian system with the newest Pythons, in a folder of its own outside the repository.

It is made once with debootstrap from the mirror that this machine's own apt uses, and found again
by its recipe. A command runs in it as in a container: with its own mounts and processes, on a layer
in memory, so that the system stays as it was made and nothing is left behind, even after a kill.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.commands import run_command
from tests.versions.grounds import NoGround, handed_on
from tests.versions.pip_settings import files_that_pip_needs
from workbook.errors import WorkbookError
from workbook.runtime.file_locks import locked
from workbook.runtime.ports import reservations_path
from workbook.runtime.process_tree import last_lines, run_to_end

PYTHONS = ("3.14", "3.15")
SUITE = "sid"
PACKAGES = (
    *("python3", "python3-venv", "python3.15", "python3.15-venv"),
    *("ca-certificates", "procps", "util-linux", "redis-server", "valkey-server"),
    *("chromium", "fonts-dejavu-core"),
)
# debootstrap cannot configure all of it in the right order, apt can. The downloaded packages go:
# they are a fifth of the folder.
RECIPE = """
set -e
debootstrap --variant=minbase --include=ca-certificates {suite} "$1" "$2"
# It is thrown away if it does not come to its end: nothing must be on the disk before that.
echo force-unsafe-io > "$1/etc/dpkg/dpkg.cfg.d/unsafe-io"
cp /etc/resolv.conf "$1/etc/resolv.conf"
mount -t proc proc "$1/proc"
chroot "$1" apt-get install -q -y --no-install-recommends {packages}
chroot "$1" apt-get clean
exit 0
"""
# With mounts and processes of its own: what is started in it ends with it, and is unmounted.
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
MAKE_SECONDS = 900
CACHE = "celery-workbook"


@dataclass(frozen=True)
class DebianGround:
    """A Python in the Debian system `name` of `folder`.

    `hidden` names programs of it, by their paths, that a round shall not find.
    """

    folder: Path
    name: str
    python: str
    hidden: tuple[str, ...] = ()
    where: str = f"Debian {SUITE}"

    @property
    def root(self) -> Path:
        """The system's root folder; nothing is ever written into it."""
        return self.folder / self.name

    @property
    def downloads(self) -> Path:
        """Where pip and uv keep what they have fetched: a second set-up takes seconds."""
        return self.folder / "downloads"

    @property
    def layer(self) -> Path:
        """An empty folder, on which a command mounts what it writes."""
        return self.folder / "layer"

    def hiding(self, *programs: str) -> DebianGround:
        """Return this ground without `programs`, by their paths."""
        return replace(self, hidden=programs)

    def command(self, folder: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command line that runs `arguments` in there, in `folder`, at its path.

        pivot_root rather than chroot: in a chroot the kernel gives nobody a user namespace, and
        the replay of the guide needs one.
        """
        script = "\n".join(_entering_script(self, folder))
        return tied_to_us([*UNSHARE, "bash", "-c", script, "enter", *arguments])

    def environment(self) -> dict[str, str]:
        """Return the variables for that command: its own PATH and home, pip's settings as here."""
        return handed_on() | {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TMPDIR": "/tmp",
        }


def debian_ground(version: str) -> DebianGround:
    """Return the ground for Python `version`, made now if need be.

    Raises NoGround where this machine can't have one, WorkbookError where making it fails.
    """
    folder = cache_folder()
    mirror = require_tools_and_mirror()
    root = made_once(folder, recipe(), lambda target: _make(target, mirror))
    return prepared(DebianGround(folder, root.name, f"/usr/bin/python{version}"))


def prepared(ground: DebianGround) -> DebianGround:
    """Make the folders that a command in `ground` needs; return it."""
    for needed in (ground.downloads, ground.layer):
        needed.mkdir(exist_ok=True)
    return ground


def cache_folder() -> Path:
    """Return where the systems are kept: outside the repository, below the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / CACHE / "grounds"


def recipe() -> str:
    """Return the script that makes the system."""
    return RECIPE.format(suite=SUITE, packages=" ".join(PACKAGES))


def made_once(folder: Path, text: str, make: Callable[[Path], None]) -> Path:
    """Return the system in `folder` that the recipe `text` describes; `make` it if need be.

    It gets its name when it is complete, so that a half-made one is never taken for one: it is
    thrown away by the next call. Of two calls at once the second waits for the first.
    """
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    complete, half = folder / name, folder / f"{name}.half"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / f"{name}.lock", MAKE_SECONDS):
        if not complete.is_dir():
            if half.exists():
                shutil.rmtree(half)
            make(half)
            half.rename(complete)
    return complete


def debian_mirror() -> str | None:
    """Return the mirror that this machine's apt has its Debian packages from, if there is one."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)"]
    try:
        said = run_command(command, timeout=60).stdout
    except OSError:
        return None
    lines = (line.split("|") for line in said.splitlines())
    return next((line[2] for line in lines if line[:2] == ["Debian", "Debian"]), None)


def require_tools_and_mirror() -> str:
    """Return the mirror; raise NoGround where anything that it takes is missing."""
    if not sys.platform.startswith("linux"):
        raise NoGround("a Debian system of one's own is made on Linux alone")
    if os.geteuid() != 0:
        raise NoGround("debootstrap needs root")
    for program in ("debootstrap", "unshare", "setpriv"):
        if not shutil.which(program):
            raise NoGround(f"{program} is not installed")
    if not (mirror := debian_mirror()):
        raise NoGround("apt knows no mirror of Debian (after `apt-get update` it does)")
    return mirror


def _make(target: Path, mirror: str) -> None:
    print(f"Making a Debian {SUITE} in {target.parent}: once, about two minutes.", flush=True)
    make_system(f"Debian {SUITE}", recipe(), target, mirror)


def make_system(name: str, recipe: str, target: Path, *arguments: str) -> None:
    """Let the script `recipe` make a system in `target`, which it gets before `arguments`.

    Raises WorkbookError with its last lines where it fails; `name` is what to call the system.
    """
    command = tied_to_us([*UNSHARE, "bash", "-c", recipe, "make", str(target), *arguments])
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    code, said = run_to_end(command, target.parent, environment, MAKE_SECONDS)
    if code != 0:
        raise WorkbookError(f"{name} could not be made:\n{last_lines(said)}")


def tied_to_us(command: Sequence[str]) -> list[str]:
    """Return the command line with which `command` is killed when this process ends."""
    return ["setpriv", "--pdeathsig", "KILL", "--", *command]


def _entering_script(ground: DebianGround, folder: Path) -> Iterator[str]:
    quote = shlex.quote
    yield from on_a_layer(ground.root, ground.layer)
    yield "mkdir -p root/.cache"
    yield f"mount --bind {quote(str(ground.downloads))} root/.cache"
    yield "cp -L /etc/resolv.conf /etc/hosts etc/"
    for path in files_that_pip_needs():
        yield _bind(path) + f"; mount -o remount,bind,ro {quote(f'.{path}')}"
    yield _bind(folder)
    # The network is this machine's, so its ports are chosen beside those that are taken here.
    ports = reservations_path()
    ports.touch(mode=0o600)
    yield _bind(ports, Path("/tmp") / ports.name)
    for program in ground.hidden:
        yield f"mount --bind /dev/null .{quote(program)}"
    yield from leaving_the_former_root()
    yield f"cd {quote(str(folder))}"
    # Not the last command: bash stays, as the process that orphans go to.
    yield '"$@" || exit $?'
    yield "exit 0"


def on_a_layer(root: Path, layer: Path) -> Iterator[str]:
    """Yield the commands that go to the system `root` below a layer in memory, on `layer`.

    What is written there is seen by this command alone, and gone with it.
    """
    yield "set -e"
    yield f"mount -t tmpfs tmpfs {shlex.quote(str(layer))}; cd {shlex.quote(str(layer))}"
    yield "mkdir upper work new"
    below = f"lowerdir={root},upperdir=upper,workdir=work"
    yield f"mount -t overlay overlay -o {shlex.quote(below)} new"
    yield "cd new; mount -t proc proc proc; mount --rbind /dev dev; mount --rbind /sys sys"


def leaving_the_former_root() -> Iterator[str]:
    """Yield the commands that make this folder the root, with nothing of the former one in it."""
    yield "mkdir -p .former; pivot_root . .former; cd /; umount -l /.former"


def _bind(path: Path, place: Path | None = None) -> str:
    """Return the commands that show `path` at its own path, or at `place`, below this folder."""
    here, there = shlex.quote(str(path)), shlex.quote(f".{place or path}")
    make = f"mkdir -p {there}" if path.is_dir() else f"install -D /dev/null {there}"
    return f"{make}; mount --bind {here} {there}"
