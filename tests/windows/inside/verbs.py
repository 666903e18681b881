"""The verbs that go on until somebody ends them: redis, run with its address, and guide."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from tests.windows.inside.consoles import Program, workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import require_nothing_left
from tests.windows.inside.start_in_use import call, require
from workbook.runtime.ports import is_free

READY_SECONDS, STOP_SECONDS = 200, 40
ADDRESS, GUIDE = "redis://localhost:6379", "http://localhost:8001"


def main() -> None:
    with running("redis", words="listens at") as server:
        if not redis.Redis(socket_timeout=10).ping():
            raise Fault("the Redis answers no PING")
        require("A Redis is there already", call("redis"))
        require("a Redis answers", call("doctor"))
        with running("run", "02", "--redis", ADDRESS, words="ready: http") as run:
            require(f"Redis: the one at {ADDRESS}", run.said)
        print("run ended, and its Redis stays:", redis.Redis(socket_timeout=10).ping())
    require("Redis stopped; its data is gone.", server.said)
    if not is_free(6379):
        raise Fault("port 6379 is still taken after redis was stopped")
    with running("guide", words="The guide: "):
        with urllib.request.urlopen(f"{GUIDE}/set-up.html", timeout=30) as page:
            require("py --version", page.read().decode())
        with urllib.request.urlopen(f"{GUIDE}/-/events", timeout=30) as events:
            require("event: ", "".join(events.readline().decode() for _ in range(4)))
    require_nothing_left("redis, run and guide")


@contextmanager
def running(*arguments: str, words: str) -> Iterator[Program]:
    """Run a verb until it has said `words`; press Ctrl-C after the block, and wait for its end."""
    with workbook(*arguments) as program:
        program.wait_for(words, READY_SECONDS)
        yield program
        program.press("ctrl-c")
        print(f"{arguments[0]} ended with {program.wait(STOP_SECONDS)}")


if __name__ == "__main__":
    play(main)
