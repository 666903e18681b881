"""Addresses in a page: which of them stay with the server that the page came from."""

from urllib.parse import SplitResult, urljoin, urlsplit

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
# A websocket is opened at the same server as the page, by a scheme of its own.
PAGE_SCHEMES = {"ws": "http", "wss": "https"}


def resolved(page: str, address: str, base: str = "") -> str:
    """Return where `address` leads from the page at the address `page`, whose <base> is `base`.

    That is a path with its query where it leads to the page's own server, such as `/live/?x=1`.
    Otherwise it is the address as it was written, without a user's name and password.
    """
    try:
        whole = urlsplit(urljoin(urljoin(page, base), address))
        if is_same_server(page, whole):
            return whole._replace(scheme="", netloc="", fragment="").geturl() or "/"
        return whole._replace(netloc=whole.netloc.rpartition("@")[2]).geturl()
    except ValueError:  # not a valid address
        return "an address that cannot be read"


def is_elsewhere(page: str, address: str) -> bool:
    """Tell whether `address` leads from the page at `page` to another server."""
    return "://" in resolved(page, address)


def is_same_server(page: str, address: SplitResult | str) -> bool:
    """Tell whether `address`, a whole one, is at the server of the page at `page`."""
    other = urlsplit(address) if isinstance(address, str) else address
    return _server(urlsplit(page)) == _server(other)


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    name = "localhost" if parts.hostname in LOOPBACK_NAMES else parts.hostname
    scheme = PAGE_SCHEMES.get(parts.scheme, parts.scheme)
    return scheme, name, parts.port or DEFAULT_PORTS.get(scheme)
