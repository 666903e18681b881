"""The address of a Redis that somebody wrote: read here before any library reads it.

A library that fails on an address quotes a part of it, and that may be a part of the password. So
what is wrong with an address is found out and said here; libraries see what passed alone. Passwords
in any other text, such as a traceback, are hidden by `workbook.passwords`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from workbook.errors import WorkbookError

# What Celery, channels_redis and Django's cache all understand.
SCHEMES = ("redis", "rediss")
DEFAULT_PORT = 6379
HIDDEN = "***"
EXAMPLE = "redis://localhost:6379"
_ADDRESS = re.compile(
    r"(?:(?P<user>[^:@/?#\[\]]*)(?P<colon>:)?(?P<password>[^@/?#\[\]]*)@)?"
    r"(?P<host>[^:@/?#\[\]\s]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]+))?"
    r"(?P<path>/[^?#@]*)?(?:\?(?P<query>[^#@]*))?"
)
_PASSWORD_IN_QUERY = re.compile(r"(?i)(^|&)(\w*password)=[^&]*")
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2}|[!$&'()*+,;=\w.~^|`{}<>\\\"-])*", re.ASCII)


@dataclass(frozen=True)
class RedisAddress:
    """The parts of an address, decoded; `shown` is all of it with what is secret hidden."""

    scheme: str
    user: str
    password: str
    host: str
    port: int
    database: int
    shown: str


def read_address(url: str) -> RedisAddress:
    """Read an address such as `redis://user:password@host:6379/0`.

    Raises WorkbookError, a sentence without any part of what may be a password, for one that is
    malformed, or that Celery could not use.
    """
    scheme, rest = _split(url)
    parts = _ADDRESS.fullmatch(rest)
    if parts is None or not (_is_encoded(parts["user"]) and _is_encoded(parts["password"])):
        raise WorkbookError(_unreadable(scheme, rest))
    port = int(parts["port"] or DEFAULT_PORT)
    if not 1 <= port <= 65535:
        raise WorkbookError(f"{port} in {masked(url)} is no port. Ports go from 1 to 65535.")
    database = (parts["path"] or "").strip("/") or "0"
    if not database.isdecimal():
        raise WorkbookError(
            f"What follows the host in {scheme}://{HIDDEN} is no number of a database. "
            f"Expected an address such as {EXAMPLE}/0"
        )
    user, password = parts["user"] or "", parts["password"] or ""
    return RedisAddress(
        scheme,
        unquote(user),
        unquote(password),
        (parts["host"] or "localhost").strip("[]"),
        port,
        int(database),
        masked(url),
    )


def _split(url: str) -> tuple[str, str]:
    """Return the scheme of an address and the rest. Raises WorkbookError for what names no host."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in (*SCHEMES, "unix", "redis+socket"):
        shown = "It" if "@" in url or not url.isprintable() else f"“{url[:60]}”"
        raise WorkbookError(
            f"{shown} names no Redis. Expected auto, server, embedded, or an address such "
            f"as {EXAMPLE}"
        )
    if scheme not in SCHEMES:
        raise WorkbookError(
            f"{scheme}://{HIDDEN} names a socket file. Celery, the channel layer and the cache "
            "have no spelling of that in common, so the workbook takes a host and a port: let that "
            f"Redis listen on a port as well, and name it as {EXAMPLE}"
        )
    return scheme, rest


def masked(url: str) -> str:
    """Return an address with what is secret, or might be, replaced by `***`.

    Of one that cannot be read no more than the scheme is left.
    """
    scheme, separator, rest = url.partition("://")
    parts = _ADDRESS.fullmatch(rest) if separator else None
    if parts is None:
        return f"{scheme}://{HIDDEN}" if separator and scheme.isidentifier() else HIDDEN
    credentials = ""
    if parts["user"] is not None:
        # Without a colon nobody knows whether it is a name.
        credentials = f"{parts['user']}:{HIDDEN}@" if parts["colon"] else f"{HIDDEN}@"
    place = rest[parts.start("host") : parts.start("query")] if parts["query"] else ""
    query = _PASSWORD_IN_QUERY.sub(rf"\1\2={HIDDEN}", parts["query"] or "")
    return f"{scheme}://{credentials}{place or rest[parts.start('host') :]}{query}"


def _is_encoded(part: str | None) -> bool:
    return part is None or bool(_ENCODED.fullmatch(part))


def _unreadable(scheme: str, rest: str) -> str:
    return (
        f"The address {scheme}://{HIDDEN} cannot be read. Expected "
        f"{scheme}://USER:PASSWORD@HOST:PORT/DATABASE. In a name or a password every other "
        "character than a letter, a digit, - . _ or ~ must be percent-encoded: # is %23, @ is %40, "
        "/ is %2F, : is %3A, ? is %3F, % is %25"
    )
