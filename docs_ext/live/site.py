"""The files of a built site, as the browser gets them: each page with what is in `static/`."""

import hashlib
import html
import os
import re
from functools import cached_property
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

SCRIPT, STYLES = "/-/live.js", "/-/live.css"
LOOKS_AND_SCRIPTS = (".css", ".js")
# Nobody sees one, and a theme may write the time of the build there.
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# Its words change with every page, and no open page shows them before it is asked.
SEARCH = "search"


class Site:
    """A site built into `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = SiteFiles(self)

    def page_file(self, path: str) -> Path | None:
        """Return the file of the page at an address' `path`, None where there is none."""
        name = path.lstrip("/")
        found, about = self.files.lookup_path(os.path.normpath(name or "."))
        file = Path(found)
        if about and file.is_dir():
            file /= "index.html"
        return file if about and file.suffix == ".html" and file.is_file() else None

    def digest(self, path: str) -> str:
        """Return what changes with the page at `path`, "" for none.

        That is its HTML, and the styles and scripts of all pages.
        """
        file = self.page_file(path)
        return self.digest_of(file.read_bytes()) if file else ""

    def digest_of(self, page: bytes) -> str:
        """Return the digest of a page with this HTML."""
        return hashlib.sha256(self._assets + COMMENT.sub(b"", page)).hexdigest()[:16]

    @cached_property
    def _assets(self) -> bytes:
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            is_search = path.relative_to(self.folder).parts[0] == SEARCH
            if path.suffix in LOOKS_AND_SCRIPTS and path.is_file() and not is_search:
                digest.update(path.read_bytes())
        return digest.digest()


class SiteFiles(StaticFiles):
    """Serves the files of `site`, and none outside its folder."""

    def __init__(self, site: Site) -> None:
        super().__init__(directory=site.folder, html=True)
        self._site = site

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return the file at `path` below the site; none for what no file can be called."""
        try:
            return super().lookup_path(path)
        except ValueError:  # a NUL in it
            return "", None

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return the answer with a file: a page has what is in `static/` at its end."""
        path = Path(full_path)
        if path.suffix != ".html":
            return super().file_response(full_path, stat_result, scope, status_code)
        page = path.read_bytes()
        return HTMLResponse(with_script(page, self._site.digest_of(page)), status_code)


def with_script(page: bytes, digest: str) -> bytes:
    """Return a page's HTML with the live guide's styles and script, which knows its digest."""
    added = (
        f'<link rel="stylesheet" href="{STYLES}">'
        f'<script defer src="{SCRIPT}" data-digest="{html.escape(digest)}"></script>'
    ).encode()
    before, end, after = page.rpartition(b"</body>")
    return before + added + end + after if end else page + added
