"""The least that a websocket server for many visitors can do: `python -m … PORT REDIS_URL`.

A status that Redis publishes goes to every open socket. No Django, no Channels, no sessions, no
check of who asks: what is faster than this is not written in plain Python.
"""

import asyncio
import sys

from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, broadcast, serve

from benchmarks.push.limit import CHANNEL
from benchmarks.support.open_files import allow_open_files
from workbook.runtime.ports import LOOPBACK


async def main(port: int, redis_url: str) -> None:
    """Serve without an end."""
    sockets: set[ServerConnection] = set()

    async def stay(socket: ServerConnection) -> None:
        sockets.add(socket)
        try:
            await socket.wait_closed()
        finally:
            sockets.discard(socket)

    # A thousand come at once: Linux would let the hundred and first try again after a second.
    async with (
        serve(stay, LOOPBACK, port, compression=None, open_timeout=60, backlog=1024),
        Redis.from_url(redis_url, socket_timeout=None).pubsub() as listening,
    ):
        await listening.subscribe(CHANNEL)
        print("Listening", flush=True)
        async for message in listening.listen():
            if message["type"] == "message":
                broadcast(sockets, message["data"].decode())


if __name__ == "__main__":
    allow_open_files()
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
