"""Which files count as a save: a project's without noise and editors' own, and the packages."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbook.paths import ROOT
from workbook.projects.copying import ignored_names, name_matcher

# What editors keep beside a file while it is open, or write before they rename it.
EDITORS = {
    *(".*.sw?", "*~", "#*#", ".#*", "4913", "*.tmp", "*.bak", "*.orig", "*.kate-swp", "*.crswap"),
    *("*___jb_tmp___", "*___jb_old___", ".goutputstream-*", ".~lock*", "*.un~", "sed??????"),
}
# What a project's own processes write while they run.
WRITTEN = {"*.log", "*.pid", "*.sqlite3-*", "*.db", "*.db-*", "celerybeat-schedule*", "dump.rdb"}
MARK_OF_A_VIRTUALENV = "pyvenv.cfg"
LARGE_BYTES = 5_000_000  # of a larger file size and time count


@dataclass(frozen=True)
class Contents:
    """Each file that counts with a digest, by its path below the project; "" are the packages."""

    digests: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """One digest of all."""
        return hashlib.sha256(repr(sorted(self.digests.items())).encode()).hexdigest()

    def changed(self, former: Contents) -> list[str]:
        """Return the paths that differ from `former`, are new or gone, in order."""
        names = self.digests.keys() | former.digests.keys()
        return sorted(one for one in names if self.digests.get(one) != former.digests.get(one))


class CountedFiles:
    """Tells which files of the project in `folder` count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # `.env` counts, whatever repositories leave out.
        ignored = ignored_names(ROOT / ".gitignore") - {".env"}
        self._is_noise = name_matcher(ignored | EDITORS | WRITTEN)

    def counts(self, path: Path) -> bool:
        """Tell whether the file or folder at `path`, which is below the project, counts."""
        try:
            parts = path.relative_to(self.folder).parts
        except ValueError:
            return False
        return not any(self._is_noise(name) for name in parts)

    def contents(self) -> Contents:
        """Return what counts, as it is now. A file that vanishes meanwhile is left out."""
        found = {"": packages_digest()}
        for folder, folders, names in os.walk(self.folder):
            below = Path(folder)
            folders[:] = [
                name
                for name in folders
                if not (self._is_noise(name) or (below / name / MARK_OF_A_VIRTUALENV).exists())
            ]
            for name in names:
                if not self._is_noise(name) and (digest := _digest(below / name)):
                    found[(below / name).relative_to(self.folder).as_posix()] = digest
        return Contents(found)

    def packages_changed(self, since: Contents) -> bool:
        """Tell whether other packages are installed than `since`."""
        return since.digests[""] != packages_digest()


def _digest(path: Path) -> str:
    try:
        about = path.stat()
        if about.st_size > LARGE_BYTES:
            return f"{about.st_size} {about.st_mtime_ns}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def packages_digest() -> str:
    """Return a digest of what is installed where Python looks: a package's folder names it."""
    names = [
        f"{path}/{entry.name}"
        for path in sys.path
        if Path(path).is_dir()
        for entry in os.scandir(path)
        if entry.name.endswith((".dist-info", ".egg-link", ".pth"))
    ]
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
