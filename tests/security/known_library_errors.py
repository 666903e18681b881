"""Garbage that a library in front of the app answers with an error of its own.

Nothing in the snapshots can prevent these: each comes up before, or after, any code of theirs. They
are allowed by name, so that everything else counts. An entry that no longer happens is to be taken
out (see test_each_known_error_still_happens).
"""

import re
from dataclasses import dataclass

from tests.security.http_attacks import (
    FORM,
    RIGHT_HEADERS,
    SOCKET_LINE,
    TOKEN_COOKIE,
    bare_request,
    post,
)


@dataclass(frozen=True)
class Known:
    """`sent` finds the garbage, `logged` its exception; `example` brings it about in `steps`."""

    sent: re.Pattern[bytes]
    logged: re.Pattern[str]
    example: bytes
    why: str
    steps: tuple[str, ...] = ("03", "robust")


ALLOWED = {
    "Django 5.2: a form in another charset than UTF-8": Known(
        re.compile(rb"(?i)x-www-form-urlencoded; charset=(?!utf-8\r)"),
        re.compile(r"BadRequest: HTTP requests with the .* must be UTF-8 encoded"),
        post(TOKEN_COOKIE, b"Content-Type: " + FORM + b"; charset=utf-7", body=b"a=%ff"),
        "Its page for a 400 asks for the CSRF token as well, reads the form again, and raises the "
        "same BadRequest, as its page for a 500 does after it: no view is reached.",
    ),
    "Django 5.2: a form in parts in a charset that is no text": Known(
        re.compile(rb"(?i)multipart/form-data;.*charset=zlib"),
        re.compile(r"LookupError: 'zlib' is not a text encoding"),
        post(
            TOKEN_COOKIE,
            b"Content-Type: multipart/form-data; boundary=x; charset=zlib",
            body=b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n",
        ),
        "Python knows such codecs, so Django takes the name for one of an encoding. The CSRF check "
        "reads the form before any view is reached. (With DEBUG off it is answered with a 500, and "
        "logged nowhere: Django would send a mail.)",
    ),
    "Daphne 4.2: a subprotocol that is no ASCII": Known(
        re.compile(rb"(?i)sec-websocket-protocol:[^\r]*[\x80-\xff]"),
        re.compile(r"UnicodeDecodeError: 'ascii' codec can't decode byte"),
        bare_request(SOCKET_LINE, RIGHT_HEADERS | {b"Sec-WebSocket-Protocol": b"\xff"}),
        "Daphne decodes the header before it calls the application.",
        steps=("robust",),
    ),
    "Django's development server: a length beyond all numbers": Known(
        re.compile(rb"Content-Length: 9{30}"),
        re.compile(r"OverflowError: cannot fit 'int' into an index-sized integer"),
        post(TOKEN_COOKIE, b"Content-Length: " + b"9" * 30, body=b"a=1", sized=False),
        "wsgiref's server reads the body to its end when it is done; not what a server on the "
        "internet would be.",
        steps=("03",),
    ),
}


def excuses_answer(sent: bytes) -> bool:
    """Tell whether a server error is known to follow on these bytes."""
    return any(known.sent.search(sent) for known in ALLOWED.values())


def excuses_log(exception: str) -> bool:
    """Tell whether this line, the last of a traceback, is that of a known error."""
    return any(known.logged.search(exception) for known in ALLOWED.values())
