"""A proxy in front of Redis: lets everything through, and holds what sends a task or takes a lock.

A Redis frozen as a whole would stop the channel layer first, and nobody would reach the line that
sends the task. Behind the proxy that line alone is held up. It can also refuse commands in place of
Redis, as a Redis does that has become a replica.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from checks.harness.proxies.connections import READ_BYTES, accept_each, shut
from workbook.runtime.ports import LOOPBACK

# What a held command waits for a decision at the most, before its connection is cut.
HOLD_SECONDS = 20
HOLD, CUT, PASS = "hold", "cut", "pass"
# What Redis answers to a write after a failover has made it a replica.
REFUSAL = b"-READONLY You can't write against a read only replica.\r\n"


@dataclass(frozen=True)
class Command:
    """One command on its way to Redis: its words, and its bytes as they came."""

    words: tuple[bytes, ...]
    raw: bytes

    @property
    def sends(self) -> bool:
        """Tell whether it puts a message into a queue, as Celery does."""
        return self.words[0].upper() in (b"LPUSH", b"RPUSH")

    @property
    def reads(self) -> bool:
        """Tell whether it reads a value, as `cache.get` does."""
        return self.words[0].upper() in (b"GET", b"MGET")

    @property
    def locks(self) -> bool:
        """Tell whether it writes what is not there yet, as `cache.add` does."""
        name, *rest = (word.upper() for word in self.words)
        return name == b"SETNX" or (name == b"SET" and b"NX" in rest[2:])


@dataclass
class Held:
    """A command that waits in the proxy for a decision."""

    command: Command
    _let_pass: bool = False
    _decided: threading.Event = field(default_factory=threading.Event)

    def let_pass(self) -> None:
        """Let it go on to Redis."""
        self._let_pass = True
        self._decided.set()

    def cut(self) -> None:
        """Cut its connection."""
        self._decided.set()

    def outcome(self) -> bool:
        """Wait for the decision: True if it may pass."""
        return self._decided.wait(HOLD_SECONDS) and self._let_pass


class RedisProxy:
    """Listens on `port`. `mode` says what becomes of a command that sends or locks.

    HOLD gives it to `next_held`, CUT cuts off the sender, PASS lets it through. Whatever passed
    that sends is given to `next_sent`. A command that `refuses` holds for is answered with
    REFUSAL instead, whatever the mode.
    """

    def __init__(self, redis_port: int, mode: str = HOLD) -> None:
        self.mode = mode
        self.refuses: Callable[[Command], bool] = lambda command: False
        self.refused = 0  # how many so far
        self._last_cut = 0.0
        self._redis_port = redis_port
        self._held: queue.Queue[Held] = queue.Queue()
        self._sent: queue.Queue[Command] = queue.Queue()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        accept_each(self._listener, self._serve)

    def next_held(self, within_seconds: float) -> Held | None:
        """Return the next command that is held, None if there is none in time."""
        with suppress(queue.Empty):
            return self._held.get(timeout=within_seconds)
        return None

    def next_sent(self, within_seconds: float) -> Command | None:
        """Return the next command that sent something to a queue, None if there is none in time."""
        with suppress(queue.Empty):
            return self._sent.get(timeout=within_seconds)
        return None

    def was_cut_since(self, moment: float) -> bool:
        """Tell whether somebody tried to send after `moment` (time.monotonic) and was cut off."""
        return self._last_cut > moment

    def close(self) -> None:
        """Cut every connection."""
        self.mode = CUT
        while held := self.next_held(0):
            held.cut()
        for one in (self._listener, *self._sockets):
            shut(one)

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self._redis_port))
        except OSError:
            shut(client)
            return
        self._sockets += [client, server]
        threading.Thread(target=_answer, args=(server, client), daemon=True).start()
        self._ask(client, server)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """Carry commands from the client to Redis, those that it looks at one by one."""
        with suppress(OSError):
            for command in commands_from(client):
                if self.refuses(command):
                    self.refused += 1
                    client.sendall(REFUSAL)
                    continue
                if not self._may_pass(command):
                    break
                server.sendall(command.raw)
                if command.sends:
                    self._sent.put(command)
        shut(client)
        shut(server)

    def _may_pass(self, command: Command) -> bool:
        if self.mode == PASS or not (command.sends or command.locks):
            return True
        if self.mode == CUT:
            if command.sends:
                self._last_cut = time.monotonic()
            return not command.sends
        held = Held(command)
        self._held.put(held)
        return held.outcome()


def commands_from(client: socket.socket) -> Iterator[Command]:
    """Yield each command that arrives, until the connection ends."""
    buffer = b""
    while data := client.recv(READ_BYTES):
        buffer += data
        while (command := _first_command(buffer)) is not None:
            buffer = buffer[len(command.raw) :]
            yield command


def _first_command(buffer: bytes) -> Command | None:
    """Return the first command in `buffer`, None where it is not whole yet.

    Redis' protocol: `*COUNT`, then for each word `$LENGTH` and the word, each line ended by CR LF.
    """
    head, end, _ = buffer.partition(b"\r\n")
    if not end:
        return None
    if not head.startswith(b"*"):
        return Command((head,), head + end)
    words, place = [], len(head) + 2
    for _ in range(int(head[1:])):
        size, end, _ = buffer[place:].partition(b"\r\n")
        if not end:
            return None
        start = place + len(size) + 2
        place = start + int(size[1:]) + 2
        if len(buffer) < place:
            return None
        words.append(buffer[start : place - 2])
    return Command(tuple(words), buffer[:place])


def _answer(server: socket.socket, client: socket.socket) -> None:
    """Carry what Redis says to the client."""
    with suppress(OSError):
        while data := server.recv(READ_BYTES):
            client.sendall(data)
    shut(client)
    shut(server)
