"""What counts as a save: a project's own files, and the packages."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbook.projects.content import data_of, files_of, is_noise
from workbook.projects.copying import is_virtualenv
from workbook.projects.scope import is_database


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

    def counts(self, path: Path) -> bool:
        """Tell whether the file or folder at `path`, which is below the project, counts."""
        try:
            inside = path.relative_to(self.folder)
        except ValueError:
            return False
        if any(map(is_noise, inside.parts)) or is_database(path):
            return False
        return not any(is_virtualenv(self.folder / one) for one in [inside, *inside.parents][:-1])

    def contents(self) -> Contents:
        """Return what counts, as it is now. A file that vanishes meanwhile is left out."""
        found = {"": packages_digest()}
        for file in files_of(self.folder):
            if (data := data_of(file)) is not None:
                name = file.relative_to(self.folder).as_posix()
                found[name] = hashlib.sha256(data).hexdigest()
        return Contents(found)

    def packages_changed(self, since: Contents) -> bool:
        """Tell whether other packages are installed than `since`."""
        return since.digests[""] != packages_digest()


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
