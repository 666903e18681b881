"""Which Redis a run uses: one that was named, else one of our own, whose kind `server` picks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil

from workbook.errors import WorkbookError
from workbook.redis_server.address import masked, read_address
from workbook.redis_server.server import KINDS, RedisServer
from workbook.redis_server.usable import why_unusable
from workbook.runtime.ports import LOOPBACK, is_free
from workbook.runtime.run_records import Run

VARIABLE = "CELERY_BROKER_REDIS_URL"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class NamedAddress:
    """An address that somebody gave, and where."""

    url: str
    origin: str


@dataclass(frozen=True)
class ChosenRedis:
    """The Redis a run uses: the one somebody named, or the tool's own, perhaps still starting.

    The port of the tool's own is settled when `wait` returns; until then it is most probably this
    one.
    """

    named: NamedAddress | None = None
    server: RedisServer | None = None

    @property
    def url(self) -> str:
        """Its address."""
        if self.named is None:
            assert self.server is not None, "one of the two is there"
            return self.server.url
        return _of_tools_own(self.named.url) if self.server else self.named.url

    @property
    def sentence(self) -> str:
        """A line to print about it, without passwords."""
        if self.server is None:
            assert self.named is not None, "one of the two is there"
            return f"Redis: the one at {masked(self.named.url)} ({self.named.origin})."
        why = "private to this run"
        if self.named:
            at = f"{masked(self.named.url)} ({self.named.origin})"
            why = f"started because nothing listened at {at}"
        passed_over = self.server.passed_over and f" {self.server.passed_over}."
        return f"Redis: {self.server.label} at {self.url}, {why}.{passed_over}"

    def wait(self) -> None:
        """Wait until the tool's own answers. Raises WorkbookError with its last lines if not."""
        if self.server:
            self.server.wait()

    def processes(self) -> list[psutil.Process]:
        """Return its processes, as far as it is ours."""
        return self.server.processes() if self.server else []


@contextmanager
def chosen_redis(
    option: str, project: Path | None, run: Run | None = None
) -> Iterator[ChosenRedis]:
    """Provide, inside the block, the Redis that `option` asks for; `wait` for it before it is used.

    `option` is `auto`, `server`, `embedded` or a URL. With `auto` an address in the environment
    counts first, then one in the `.env` of `project`, if that is not None. An address on this
    machine where nothing listens gets one of the tool's own, which ends with the block. Raises
    WorkbookError for a malformed URL, or where no Redis answers; passwords are masked in it.
    """
    named, port, existing = named_address(option, project), None, None
    if named:
        with _naming(named):
            port = vacant_loopback_port(named.url)
            existing = None if port else _existing(named)
    if existing:
        yield existing
        return
    server = RedisServer("auto" if named else option, port, run)
    try:
        server.launch()
        yield ChosenRedis(named, server)
    finally:
        server.stop()


def named_address(option: str, project: Path | None) -> NamedAddress | None:
    """Return the address that `option`, the environment or the `.env` of `project` names, if any.

    Raises WorkbookError for a `.env` that cannot be read.
    """
    if option not in KINDS:
        return NamedAddress(option, "--redis")
    if option != "auto":
        return None
    if url := os.environ.get(VARIABLE):
        return NamedAddress(url, f"{VARIABLE} in the environment")
    file = project / ".env" if project else None
    if file is None or not file.is_file():
        return None
    from decouple import RepositoryEnv  # here: most calls need none

    try:
        url = RepositoryEnv(str(file)).data.get(VARIABLE)
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"{file} cannot be read: {error}. Fix it or move it away.") from error
    return NamedAddress(url, f"{VARIABLE} in {file}") if url else None


@contextmanager
def _naming(named: NamedAddress) -> Iterator[None]:
    """Have what is raised inside the block say where the address was written."""
    try:
        yield
    except WorkbookError as error:
        raise WorkbookError(f"{named.origin}: {error}") from None


def vacant_loopback_port(url: str) -> int | None:
    """Return the port of `url` if it is one of this machine's that nobody listens on.

    Raises WorkbookError for an address that cannot be read.
    """
    address = read_address(url)
    here = address.scheme == "redis" and address.host in LOOPBACK_HOSTS
    return address.port if here and is_free(address.port) else None


def _existing(named: NamedAddress) -> ChosenRedis:
    if problem := why_unusable(named.url):
        raise WorkbookError(
            f"The Redis at {masked(named.url)} cannot be used: {problem}. Or use one of the "
            "workbook's: --redis server or --redis embedded"
        )
    return ChosenRedis(named)


def _of_tools_own(url: str) -> str:
    """Return the address `url` of a server that the tool started on its port."""
    # That one has no user and no password, and listens on 127.0.0.1 alone.
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2].replace("[::1]", LOOPBACK)
    return urlunsplit(parts._replace(netloc=place))
