"""A stand-in for a page's websocket: what it was sent and when, how it ended, and a new one."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlsplit

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from checks.clients.dom import words_of
from checks.pace import patience

PATH = "/ws/status"
CODES: dict[int | None, str] = {1006: "it broke off", 1011: "an error of the server"}
OPEN_SECONDS, CLOSE_SECONDS = patience(6), patience(2)
# A consumer that never stops sending must not fill the memory.
FRAME_BYTES, KEPT_FRAMES, KEPT_CHARACTERS = 1_000_000, 2_000, 5_000_000
# htmx tries again after these close codes, and after no others.
TRIED_AGAIN = (1006, 1011, 1012, 1013)
PAUSE_SECONDS, LOOK_SECONDS = 0.5, 0.2


@dataclass(frozen=True)
class Frame:
    """What was sent at once, and when (time.monotonic)."""

    text: str
    at: float

    @cached_property
    def words(self) -> str:
        """What a person would read of it: the text without its tags."""
        return words_of(self.text)

    @property
    def is_comment(self) -> bool:
        """Tell whether it is an HTML comment alone, such as a heartbeat: htmx swaps in nothing."""
        return self.text.lstrip().startswith("<!--") and not self.words


@dataclass
class Refused(Exception):
    """The websocket did not open: the HTTP status of the answer, 0 where there was none."""

    status: int
    seen: str
    server: str = ""


class WebsocketClient:
    """One open page. A thread of its own reads what it is sent and answers pings."""

    def __init__(self, connection: ClientConnection) -> None:
        self.frames: list[Frame] = []
        # Comments alone, such as heartbeats: htmx swaps nothing in.
        self.comments: list[Frame] = []
        self.opened_at = time.monotonic()
        self.closed_at: float | None = None
        self.close_code: int | None = None
        self.close_reason = ""
        self._connection = connection
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended the connection."""
        return self.closed_at is None

    @property
    def seen(self) -> str:
        """Say in a line how the connection stands."""
        if self.closed_at is None:
            return "the websocket stayed open"
        seconds = self.closed_at - self.opened_at
        said = self.close_reason or CODES.get(self.close_code, "")
        reason = f" ({said})" if said else ""
        return f"the websocket was closed after {seconds:.1f} s with code {self.close_code}{reason}"

    def find(self, text: str) -> Frame | None:
        """Return the first frame whose words hold `text`."""
        return next((frame for frame in list(self.frames) if text in frame.words), None)

    def wait_for(self, condition: Callable[[], object], within: float) -> bool:
        """Wait until `condition` holds, looked at after each frame and at the close.

        Return whether it holds. The waiting ends at the close, and after `within` seconds (see
        `patience`).
        """
        with self._news:
            self._news.wait_for(lambda: condition() or not self.is_open, patience(within))
        return bool(condition())

    def sees(self, text: str, within: float) -> Frame | None:
        """Return the first frame whose words hold `text`; None if it does not come in time."""
        self.wait_for(lambda: self.find(text), within)
        return self.find(text)

    def close(self) -> None:
        """Leave, as a page does that is closed."""
        self._connection.close()
        self._reader.join(CLOSE_SECONDS)

    def break_off(self) -> None:
        """Vanish without a closing handshake, as a page does whose machine goes to sleep."""
        self._connection.socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(CLOSE_SECONDS)

    def _read(self) -> None:
        size = 0
        try:
            for text in self._connection:
                if isinstance(text, bytes):
                    text = text.decode("utf-8", "replace")
                frame = Frame(text, time.monotonic())
                to = self.comments if frame.is_comment else self.frames
                self._tell(partial(to.append, frame))
                size += len(text)
                if len(self.frames) + len(self.comments) >= KEPT_FRAMES or size > KEPT_CHARACTERS:
                    self._connection.close(1008, "the check left: the messages had no end")
        except ConnectionClosed:
            pass
        finally:
            self._tell(self._note_close)

    def _note_close(self) -> None:
        self.close_code = self._connection.close_code
        self.close_reason = self._connection.close_reason or ""
        self.closed_at = time.monotonic()

    def _tell(self, change: Callable[[], None]) -> None:
        with self._news:
            change()
            self._news.notify_all()


class Sockets:
    """Opens pages' websockets, and closes those that are still open."""

    def __init__(self) -> None:
        self._visitors: list[WebsocketClient] = []

    def open(
        self, base_url: str, path: str = PATH, origin: str | None = None, cookies: str = ""
    ) -> WebsocketClient:
        """Open a websocket at `base_url` (http://…) as a page of that site, or of `origin`, does.

        `cookies` are the browser's, as a header spells them. Raises Refused where it does not open.
        """
        visitor = WebsocketClient(_connect(base_url, path, origin or base_url, cookies))
        self._visitors.append(visitor)
        return visitor

    def try_open(
        self, base_url: str, path: str = PATH, cookies: str = ""
    ) -> WebsocketClient | None:
        """Open a websocket as `open` does; return None where it does not open."""
        with suppress(Refused):
            return self.open(base_url, path, cookies=cookies)
        return None

    def close(self) -> None:
        """Leave from all pages."""
        while self._visitors:
            self._visitors.pop().close()


def opened_sockets() -> closing[Sockets]:
    """Return what opens websockets; they are closed after the block."""
    return closing(Sockets())


def _connect(base_url: str, path: str, origin: str, cookies: str) -> ClientConnection:
    place = urlsplit(base_url)
    try:
        return connect(
            f"ws{base_url.removeprefix('http')}{path}",
            # With a socket given the client follows no redirect. No browser does, and what listens
            # where one leads is not part of the project.
            sock=socket.create_connection((place.hostname, place.port), OPEN_SECONDS),
            origin=Origin(origin),
            additional_headers={"Cookie": cookies} if cookies else None,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            # A browser sends no pings of its own; the server's are answered.
            ping_interval=None,
            max_size=FRAME_BYTES,
            proxy=None,
            # "Legacy" is the name for a connection that outlives a with block.
            legacy=True,
        )
    except InvalidStatus as error:
        response = error.response
        server = response.headers.get("Server", "")
        raise Refused(response.status_code, f"status {response.status_code}", server) from None
    except (InvalidURI, ValueError):
        raise Refused(302, "status 302: a redirect, which no browser follows here") from None
    except TimeoutError:
        raise Refused(0, f"no answer within {OPEN_SECONDS:g} s") from None
    except (InvalidMessage, ConnectionClosed, EOFError):
        raise Refused(0, "the connection was cut before it opened") from None
    except (InvalidHandshake, OSError) as error:
        raise Refused(0, f"no handshake: {error or type(error).__name__}") from None


class PageAgain:
    """One page, with the websocket that it has at the moment."""

    def __init__(self, sockets: Sockets, base_url: str, visitor: WebsocketClient) -> None:
        self._sockets, self._base_url = sockets, base_url
        self._visitor = visitor
        self.seen = ""

    def is_told(self, within_seconds: float) -> bool:
        """Tell whether it is sent something from now on, over its old websocket or a new one."""
        now = time.monotonic()
        while time.monotonic() < now + within_seconds:
            if self._visitor.wait_for(lambda: self._was_told_since(now), LOOK_SECONDS):
                return True
            self.seen = self._visitor.seen
            if not self._visitor.is_open:
                if self._visitor.close_code not in TRIED_AGAIN:
                    return False
                time.sleep(PAUSE_SECONDS)
                self._connect()
        return False

    def _was_told_since(self, moment: float) -> bool:
        frames = self._visitor.frames
        return bool(frames) and frames[-1].at > moment

    def _connect(self) -> None:
        try:
            self._visitor = self._sockets.open(self._base_url)
        except Refused as refused:
            self.seen = refused.seen
