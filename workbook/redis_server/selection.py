"""Which Redis a run uses: one that was named, else one of our own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil

from workbook.errors import WorkbookError
from workbook.redis_server.server import KINDS, RedisServer
from workbook.runtime.ports import is_free
from workbook.runtime.process_tree import trees
from workbook.runtime.run_records import Run

VARIABLE = "CELERY_BROKER_REDIS_URL"
SCHEMES = ("redis", "rediss", "unix")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORT = 6379
ANSWER_SECONDS = 3


@dataclass(frozen=True)
class NamedAddress:
    """An address that somebody gave, and where."""

    url: str
    origin: str


@dataclass(frozen=True)
class ChosenRedis:
    """The Redis a run uses: the one somebody named, or `server`, one of ours that may still start.

    The port of ours is settled when `wait` returns; until then it is most probably this one.
    """

    named: NamedAddress | None = None
    server: RedisServer | None = None

    @property
    def url(self) -> str:
        """Its address."""
        if self.named is None:
            return self.server.url
        # The server we started has no user and no password.
        return _without_credentials(self.named.url) if self.server else self.named.url

    @property
    def sentence(self) -> str:
        """A line to print about it, without passwords."""
        if self.server is None:
            return f"Redis: the one at {masked(self.named.url)} ({self.named.origin})."
        why = "private to this run"
        if self.named:
            at = f"{masked(self.named.url)} ({self.named.origin})"
            why = f"started because nothing listened at {at}"
        return f"Redis: {self.server.label} at {self.url}, {why}."

    def wait(self) -> None:
        """Wait until one of ours answers. Raises WorkbookError with its last lines if not."""
        if self.server:
            self.server.wait()

    def processes(self) -> list[psutil.Process]:
        """Return its processes, as far as it is ours."""
        return trees([self.server.pid]) if self.server and self.server.pid else []


@contextmanager
def chosen_redis(
    option: str, project: Path | None, run: Run | None = None
) -> Iterator[ChosenRedis]:
    """Provide, inside the block, the Redis that `option` asks for; `wait` for it before it is used.

    `option` is `auto`, `server`, `embedded` or a URL. With `auto` an address in the environment
    counts first, then one in the `.env` of `project`, if that is not None; one on this machine
    where nobody listens gets a Redis of ours. A Redis of ours ends with the block. Raises
    WorkbookError for a URL that is none, or where no Redis answers; passwords are masked in it.
    """
    if option not in KINDS:
        yield _existing(NamedAddress(option, "--redis"))
        return
    named = _named_address(project) if option == "auto" else None
    port = _vacant_loopback_port(named.url) if named else None
    if named and port is None:
        yield _existing(named)
        return
    server = RedisServer(option, port, run)
    try:
        server.launch()
        yield ChosenRedis(named, server)
    finally:
        server.stop()


def masked(url: str) -> str:
    """Return `url` with the password, in whatever place, replaced by `***`."""
    hidden = re.sub(r"(?<=://)([^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&]password=)[^&]*", r"\1***", hidden)


def answers(url: str) -> str | None:
    """Ask the Redis at `url` whether it is there: None if it is, else what went wrong."""
    import redis  # here: most calls need no client

    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS, retry=None
        ) as client:
            client.ping()
    except redis.RedisError as error:
        return str(error)
    except ValueError as error:
        return f"it is no address of a Redis ({error})"
    return None


def _named_address(project: Path | None) -> NamedAddress | None:
    if url := os.environ.get(VARIABLE):
        return NamedAddress(url, f"{VARIABLE} in the environment")
    file = project / ".env" if project else None
    if file is None or not file.is_file():
        return None
    from decouple import RepositoryEnv  # here: most calls need none

    try:
        url = RepositoryEnv(str(file)).data.get(VARIABLE)
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"{file} cannot be read: {error}. Mend it or move it away.") from error
    return NamedAddress(url, f"{VARIABLE} in {file}") if url else None


def _vacant_loopback_port(url: str) -> int | None:
    """Return the port of `url` if it is one of this machine's that nobody listens on."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        return None
    here = parts.scheme == "redis" and (parts.hostname or "localhost") in LOOPBACK_HOSTS
    return port if here and is_free(port) else None


def _existing(named: NamedAddress) -> ChosenRedis:
    scheme = named.url.partition("://")[0]
    shown = masked(named.url)
    if "://" not in named.url or scheme not in SCHEMES:
        raise WorkbookError(
            f"“{shown}” ({named.origin}) names no Redis. Expected auto, server, embedded, "
            "or an address such as redis://localhost:6379"
        )
    if problem := answers(named.url):
        raise WorkbookError(
            f"No Redis answers at {shown} ({named.origin}): {_cleaned(problem, named.url)}. "
            "Start it, correct the address, or use one of the workbook's: "
            "--redis server or --redis embedded"
        )
    return ChosenRedis(named)


def _cleaned(problem: str, url: str) -> str:
    """Return `problem` on one line, without the password even where a library repeats it."""
    text = " ".join(problem.split()).rstrip(".").replace(url, masked(url))
    for secret in re.findall(r"://[^:/@]*:(.*)@", url):
        text = text.replace(secret, "***")
    return text


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
