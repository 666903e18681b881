"""Hides passwords in a text that is shown: in an address, beside their name, in a library's words.

Every WorkbookError passes through it, each line under a ✗ and each hint. In an address that
`redis_server.address` has read there is `***` already, which stays. Plain standard
library, for any Python: the bootstrap imports it.
"""

import re

HIDDEN = "…"
# No longer than any scheme that somebody uses: a line without an address must cost little.
_SCHEME = re.compile(r"""(?P<quote>['"]?)\b(?P<scheme>[A-Za-z][\w.+-]{0,30})://""", re.ASCII)
# Of these a path may hold an @, such as that of a package's version; a password ends before it.
_WEB = ("http", "https", "ws", "wss")
_PLACE_BEGINS, _SPACE = re.compile(r"[/?#\s'\"]"), re.compile(r"\s")
# What is in the place of a password already: in an example, or as a library hides it.
_STANDS_FOR_ONE = re.compile(r"[^:@\s]*:?(?:\*+|PASSWORD)")
_STRING = r"""(['"])(?:\\.|(?!\2).)*\2"""
_NAMED = re.compile(rf"""(?i)((?:password|passwd)['"]?\s*[:=]\s*){_STRING}""")
_IN_QUERY = re.compile(r"""(?i)([?&]\w{0,20}password=)(?!\*+(?:[\s'"&]|$))[^\s'"&]*""")
# What Python says of an address whose password it takes for a port, for a host, for a name.
_PYTHONS = (
    (re.compile(r"(Port could not be cast to integer value as ).*"), rf"\1{HIDDEN}"),
    (re.compile(r"(netloc ).*( contains invalid characters)"), rf"\1{HIDDEN}\2"),
    (re.compile(r"(ValueError: ).*( does not appear to be an IPv4 or IPv6)"), rf"\1{HIDDEN}\2"),
)


def without_passwords(text: str) -> str:
    """Return a text with `…` for each part that is, or might be, a password."""
    if "://" in text:
        text = _IN_QUERY.sub(rf"\1{HIDDEN}", _without_credentials(text))
    for pattern, shown in _PYTHONS:
        text = pattern.sub(shown, text)
    return _NAMED.sub(rf"\1\2{HIDDEN}\2", text)


def shortened(text: str, characters: int, mark: str = "…") -> str:
    """Return the beginning of a text without passwords, with a `mark` where it was cut.

    In an address that is cut before its @, nobody could tell a password any more.
    """
    text = without_passwords(text)
    return text if len(text) <= characters else f"{text[:characters].rstrip()}{mark}"


def _without_credentials(text: str) -> str:
    """Hide what is in front of the last @ of each address."""
    kept: list[str] = []
    done = read = 0
    for found in _SCHEME.finditer(text):
        begin = found.end()
        if begin < done or (begin < read and not found["quote"]):
            continue  # part of what was hidden, or of what has no @
        end = _end(text, begin, found["quote"], found["scheme"])
        at = text.rfind("@", begin, end)
        if at >= 0 and not _STANDS_FOR_ONE.fullmatch(text, begin, at):
            kept += [text[done:begin], HIDDEN]
            done = at
        elif at < 0 and found["scheme"].lower() not in _WEB:
            read = max(read, end)
    return "".join([*kept, text[done:]])


def _end(text: str, begin: int, quote: str, scheme: str) -> int:
    """Return where an address ends at the latest that begins at `begin`, behind its scheme."""
    if scheme.lower() in _WEB:
        place = _PLACE_BEGINS.search(text, begin)
        return place.start() if place else len(text)
    if quote:
        # In Python's own quotes a password may hold spaces, and the other quotation mark.
        end = re.compile(rf"(?<!\\){quote}|\n").search(text, begin)
    else:
        end = _SPACE.search(text, begin)
    return end.start() if end else len(text)
