"""Builds the site into folders of its own, one after the other, each in a fresh process."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from docs_ext.live.processes import output_of
from docs_ext.live.site import Site

# A notice of MkDocs Material's to those who make sites; a reader can do nothing about it.
QUIET = {"NO_MKDOCS_2_WARNING": "1"}
LONGEST_SECONDS = 300
KEPT = 2  # a request that began before a build may still read from the one before


class BuildFailed(Exception):
    """The site could not be built; its text is what MkDocs said."""


class Builds:
    """The sites of the guide in `root`, built below `folder`; `current` is the last one.

    `variables` join the environment of what builds them.
    """

    def __init__(self, root: Path, folder: Path, variables: Mapping[str, str]) -> None:
        self._root, self._folder = root, folder
        self._variables = os.environ | QUIET | variables
        self._sites: list[Site] = []
        self._number = 0

    @property
    def current(self) -> Site:
        """The last site that was built."""
        return self._sites[-1]

    async def build(self) -> None:
        """Build the site as the pages are now. Raises BuildFailed; `current` stays as it was."""
        self._number += 1
        folder = self._folder / f"site-{self._number}"
        asked = ("-m", "mkdocs", "build", "--site-dir", str(folder))
        done = await output_of(*asked, seconds=LONGEST_SECONDS, cwd=self._root, env=self._variables)
        code, said = done or (1, f"MkDocs did not end within {LONGEST_SECONDS} seconds.")
        if code:
            shutil.rmtree(folder, ignore_errors=True)
            raise BuildFailed(said)
        self._sites.append(Site(folder))
        while len(self._sites) > KEPT:
            shutil.rmtree(self._sites.pop(0).folder, ignore_errors=True)
