"""Waiting until a project's page answers, and finding out what there is to look at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import httpx

PAUSE_SECONDS = 0.05
REQUEST_SECONDS = 10
ADMIN_PAGE = "/admin/"
# A link of django/views/templates/default_urlconf.html, the same in every language.
GREETING = "/intro/tutorial01/"


@dataclass(frozen=True)
class FirstAnswer:
    """The first answer: the path to open, its status code, and whether there is an admin."""

    path: str
    status: int
    has_admin: bool
    admin: ClassVar[str] = ADMIN_PAGE


class PagePoller:
    """Asks http://localhost:`port`/ in the background until it answers; `page` is then set.

    `candidates` are paths to open rather than `/`, the first that answers with 200. `found` is
    called in the background once `page` is set.
    """

    def __init__(
        self,
        port: int,
        candidates: Sequence[str] = (),
        found: Callable[[], object] = lambda: None,
    ) -> None:
        self.page: FirstAnswer | None = None
        self._candidates = candidates
        self._found = found
        self._address = f"http://localhost:{port}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> PagePoller:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _ask(self) -> None:
        # No proxy that the environment names: the page is on this machine.
        with httpx.Client(
            base_url=self._address, timeout=REQUEST_SECONDS, trust_env=False
        ) as client:
            while not self._ended.wait(PAUSE_SECONDS):
                try:
                    self.page = _look(client, self._candidates)
                except httpx.HTTPError:
                    continue
                self._found()
                return


def _look(client: httpx.Client, candidates: Sequence[str]) -> FirstAnswer:
    start = client.get("/")
    path, status = "/", start.status_code
    for candidate in candidates:
        if client.get(candidate).status_code == httpx.codes.OK:
            path, status = candidate, httpx.codes.OK
            break
    # A redirect to its login page is how an admin answers a stranger.
    has_admin = client.get(ADMIN_PAGE).status_code in (httpx.codes.OK, httpx.codes.FOUND)
    if path == "/" and has_admin and _is_djangos_own(start):
        path, status = ADMIN_PAGE, httpx.codes.OK
    return FirstAnswer(path, status, has_admin)


def _is_djangos_own(start: httpx.Response) -> bool:
    """Tell whether the project has no start page: Django greets in its place, or knows none."""
    return start.status_code == httpx.codes.NOT_FOUND or GREETING in start.text
