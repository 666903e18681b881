"""Sends attacks to a running snapshot, and watches its answers, its logs and its other visitors."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

from tests.security.attacks import SHOWN_BYTES, Attack
from tests.security.http_attacks import RIGHT_HEADERS, SOCKET_LINE, bare_request
from tests.security.known_library_errors import excuses_answer, excuses_log
from tests.support.snapshots import SnapshotRun
from tests.support.sockets import SocketPage, visit

SIDE_BY_SIDE = 10
# From the last byte on: an answer comes at once, or the server waits for more, which never comes.
SILENCE_SECONDS = 0.25
ANSWER_SECONDS = 10
PATIENCE_SECONDS = 10
SERVER_ERROR = re.compile(rb"^HTTP/1\.[01] (5\d\d)", re.MULTILINE)
TRACEBACK = re.compile(rb"Traceback|&quot;.*&quot;, line \d+, in ")
# From files that no address leads to: the settings, and the system's list of users.
FOREIGN_FILE = re.compile(rb"DJANGO_SETTINGS_MODULE|INSTALLED_APPS = |root:x:0")
EXCEPTION = re.compile(r"(?:\w+\.)*[A-Z]\w+(?:: .*)?$")
LOGGED_ERROR = re.compile(r"\bERROR\b|\bCRITICAL\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


async def answer_to(port: int, attack: Attack) -> bytes:
    """Send an attack, and return what the server says to it, as far as it is ready to speak.

    A server that neither answers nor closes is left alone after a short silence: it may wait for
    the rest of what was cut short.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    said = b""
    try:
        # A server may hang up before it has read all: that is an answer as well.
        with contextlib.suppress(ConnectionError):
            if attack.in_socket:
                writer.write(bare_request(SOCKET_LINE, RIGHT_HEADERS))
                async with asyncio.timeout(ANSWER_SECONDS):
                    said = await reader.readuntil(b"\r\n\r\n")
            writer.write(attack.sent)
            async with asyncio.timeout(ANSWER_SECONDS):
                await writer.drain()
            said += await _until_silence(reader)
    finally:
        writer.transport.abort()
    return said


async def _until_silence(reader: asyncio.StreamReader) -> bytes:
    said = b""
    with contextlib.suppress(TimeoutError):
        while part := await asyncio.wait_for(reader.read(1 << 16), SILENCE_SECONDS):
            said += part
    return said


def complaint(answer: bytes) -> str | None:
    """Return what is wrong with an answer, None where a hostile visitor may have it."""
    if found := SERVER_ERROR.search(answer):
        return f"a server error {found[1].decode()}"
    if TRACEBACK.search(answer):
        return "a traceback in the answer"
    if FOREIGN_FILE.search(answer):
        return "a file of somebody else's in the answer"
    return None


@dataclass
class Innocents:
    """Two visitors who ask for nothing odd, and what disturbed them."""

    run: SnapshotRun
    disturbed: list[str] = field(default_factory=list)
    polls: int = 0
    statuses: list[str] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def around(self, with_socket: bool) -> AsyncIterator[None]:
        """Let both go about their business inside the block."""
        visitors = [self._poll()]
        if with_socket:
            visitor = await visit(self.run)
            visitors += [self._listen(visitor), self._ping(visitor)]
        tasks = [asyncio.create_task(one) for one in visitors]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    self.disturbed.append(repr(outcome))

    async def _poll(self) -> None:
        async with httpx.AsyncClient(base_url=self.run.url, timeout=PATIENCE_SECONDS) as client:
            while True:
                answer = await client.get("/")
                if answer.status_code != 200:
                    self.disturbed.append(f"GET / was answered with {answer.status_code}")
                self.polls += 1
                await asyncio.sleep(0.2)

    async def _listen(self, visitor: SocketPage) -> None:
        self.statuses = visitor.statuses
        await visitor.read()
        self.disturbed.append(f"the websocket was closed with {visitor.close_code}")

    async def _ping(self, visitor: SocketPage) -> None:
        while True:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await (await visitor.connection.ping())
            await asyncio.sleep(0.5)


async def barrage(run: SnapshotRun, attacks: Sequence[Attack]) -> list[str]:
    """Send all `attacks`, some side by side; return a line for each harm that one did."""
    harm, excused = [], 0
    for start in range(0, len(attacks), SIDE_BY_SIDE):
        batch = attacks[start : start + SIDE_BY_SIDE]
        answers = await asyncio.gather(
            *(answer_to(run.port, one) for one in batch), return_exceptions=True
        )
        for one, answer in zip(batch, answers, strict=True):
            if isinstance(answer, BaseException):
                harm.append(f"{answer!r} to {one}")
            elif (wrong := complaint(answer)) and not excuses_answer(one.sent):
                harm.append(f"{wrong} to {one}\n    {answer[:SHOWN_BYTES]!r}")
        found = log_complaints(run.tool.text)
        if len(found) > excused:
            harm += [f"logged about this time: {found[excused:]}"]
            harm += [f"    perhaps by {one}" for one in batch]
            excused = len(found)
    return harm


def log_complaints(log: str) -> list[str]:
    """Return what a log holds of errors that no entry of the table of known ones allows.

    Of a traceback that is its last line: the exception.
    """
    found, before = [], ""
    for text in (_text(line) for line in log.splitlines()):
        is_exception = before.startswith(" ") and EXCEPTION.match(text)
        if (is_exception and not excuses_log(text)) or LOGGED_ERROR.search(text):
            found.append(text)
        before = text
    return found


def _text(line: str) -> str:
    """Return a line of the log without its time, process and colours."""
    return COLOUR.sub("", line).partition("| ")[2]
