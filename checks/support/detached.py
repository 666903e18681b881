"""Web processes beside the first one, whose broker leads nowhere: for what visitors see then."""

from __future__ import annotations

import socket
from collections.abc import Callable

from checks.support.launching import Launched
from checks.support.starting import await_page
from workbook.redis_server.server import RedisServer
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.run_records import Run

# Connections are taken and nothing is answered, until `refuse`; a queue without a worker.
FROZEN, IDLE = "frozen", "idle"


class Detached:
    """Starts them by `launch`, which takes a name, a broker's address and a port."""

    def __init__(self, launch: Callable[[str, str, int], Launched], run: Run) -> None:
        self._launch = launch
        self._idle_redis = RedisServer(run=run)
        self._webs: dict[str, tuple[Launched, int]] = {}
        self._frozen_broker: socket.socket | None = None

    def prepare(self, kind: str) -> None:
        """Begin to start one of a kind, without waiting for it. Does nothing for the next one."""
        if kind in self._webs:
            return
        if kind == FROZEN:
            # The kernel takes connections in; nobody ever answers: as after a SIGSTOP.
            self._frozen_broker = socket.create_server((LOOPBACK, 0), backlog=128)
            broker = f"redis://{LOOPBACK}:{self._frozen_broker.getsockname()[1]}"
        else:
            # Not another database of the first: a channel layer may know no database numbers.
            self._idle_redis.start()
            broker = self._idle_redis.url
        port = free_port()
        self._webs[kind] = (self._launch(f"web-{kind}", broker, port), port)

    def address(self, kind: str) -> str:
        """Return the address of one that was prepared, once it answers. Raises NotYet if not."""
        launched, port = self._webs[kind]
        await_page(launched, port)
        return f"http://{LOOPBACK}:{port}"

    def process(self, kind: str) -> Launched | None:
        """Return the process of a kind, None where none was prepared."""
        return self._webs[kind][0] if kind in self._webs else None

    def processes(self) -> list[Launched]:
        """Return all that were started."""
        return [launched for launched, _ in self._webs.values()]

    def close(self) -> None:
        """End the brokers; the processes end with the project's others."""
        self.refuse()
        self._idle_redis.kill()

    def refuse(self) -> None:
        """From now on the frozen broker refuses connections."""
        if self._frozen_broker:
            self._frozen_broker.close()
