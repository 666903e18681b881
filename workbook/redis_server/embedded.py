"""The embedded Redis: fakeredis behind a TCP port, for machines that have no other.

`python -m workbook.redis_server.embedded PORT [--owner PID]` listens on 127.0.0.1 until it is
ended, or until the process PID is gone. Its data vanishes with it.

fakeredis brings a `TcpFakeServer`, which does not carry forty visitors: a thread polls each
connection a hundred times a second, a blocked thread notices a client's end too late and takes a
message for nobody, five connections at once fill its queue, and on Windows it never pushes. Here
one asyncio loop serves all connections, with fakeredis' own asyncio sockets: no polling, no races.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
from typing import Any

import psutil
import redis
from fakeredis import FakeServer
from fakeredis._clients._tcp_server import encode_reply
from fakeredis.aioredis import AsyncFakeSocket

from workbook.redis_server.lua_scripts import KnownScripts
from workbook.runtime.ports import LOOPBACK

BACKLOG = 512
OWNER_CHECK_SECONDS = 1


class ServedSocket(KnownScripts, AsyncFakeSocket):
    """fakeredis' side of one client's connection; what it answers goes straight to the client."""

    def __init__(self, server: FakeServer, transport: asyncio.Transport) -> None:
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._transport = transport
        super().__init__(
            server,
            db=0,
            client_class=redis.Redis,
            client_info={"addr": f"{peer[0]}:{peer[1]}", "laddr": f"{own[0]}:{own[1]}"},
        )

    def put_response(self, msg: Any) -> None:
        """Send a reply, or a message that was published, in the protocol the client speaks."""
        if not self._transport.is_closing():
            self._transport.write(encode_reply(msg, self._client_info.protocol_version))

    def leave(self) -> None:
        """Forget the client: its subscriptions, and the command it may still be blocked in."""
        with self._server.lock:
            self.kill()
            if self._blocked:
                # As CLIENT UNBLOCK does: the command ends without taking an element.
                self._unblock_reason = b"timeout"
                self._db.wake_all()


class Connection(asyncio.Protocol):
    """One client: what it sends is fed to its socket."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server
        # Both are there from connection_made on, which asyncio calls before all else.
        self._socket: ServedSocket
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "what create_server makes"
        self._transport = transport
        self._socket = ServedSocket(self._server, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except redis.ConnectionError:  # killed by another client
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._socket.leave()


async def serve(port: int, owner: int | None) -> None:
    """Serve on 127.0.0.1:`port` until SIGTERM, SIGINT, or the end of the process `owner`."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows ends a process without asking
            loop.add_signal_handler(signum, ended.set)
    fake = FakeServer(version=(7, 4))
    server = await loop.create_server(lambda: Connection(fake), LOOPBACK, port, backlog=BACKLOG)
    print(f"The embedded Redis listens on {LOOPBACK}:{port}.", flush=True)
    while not ended.is_set() and (owner is None or _lives(owner)):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), OWNER_CHECK_SECONDS)
    server.close()


def _lives(pid: int) -> bool:
    # A parent that was killed may stay in the process table for a while: not its child any more.
    return psutil.pid_exists(pid) and (os.name == "nt" or os.getppid() == pid)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m workbook.redis_server.embedded")
    parser.add_argument("port", type=int)
    parser.add_argument("--owner", type=int, help="end when this process, our parent, has ended")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.owner))


if __name__ == "__main__":
    main()
