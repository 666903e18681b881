"""The process of the visitors: `python -m benchmarks.support.load_worker ADDRESS`.

It reads commands and writes what happened, each a line of JSON; load_generator is its other side.
- `{"do": "open", "count": N}`: N visitors come at the same moment.
- `{"do": "leave", "count": N}`: N visitors hang up.
- `{"do": "partial"}`: who has seen the status that not everybody has seen?
- `{"do": "count"}`: how many texts have come so far?
Without being asked it writes `{"event": "all", …}` once every visitor has seen a status.
"""

import asyncio
import gc
import json
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.support.open_files import allow_open_files
from benchmarks.support.visitors import STAMP, Address, NotOpened, PollVisitor, PushVisitor


@dataclass
class Visitors:
    """Visitors, and who of them has seen which status."""

    address: Address
    here: dict[asyncio.Task[None], PushVisitor | PollVisitor] = field(default_factory=dict)
    texts: int = 0
    dropped: int = 0  # visitors whose connection ended without their doing
    since: int = 0  # statuses that are older are no news: a late visitor is told the last one
    seen: dict[int, dict[int, int]] = field(default_factory=dict)  # by stamp, by visitor: when

    async def open(self, count: int) -> dict[str, object]:
        """Let `count` visitors come at once; say how many are in, and how long it took."""
        self.since = start = time.monotonic_ns()
        found = await asyncio.gather(*(self._come() for _ in range(count)))
        refused = Counter(reason for reason in found if reason)
        seconds = (time.monotonic_ns() - start) / 1e9
        return {"opened": count - refused.total(), "refused": refused, "seconds": seconds}

    async def leave(self, count: int) -> dict[str, object]:
        """Let `count` visitors hang up."""
        leaving = list(self.here.items())[:count]
        for task, visitor in leaving:
            del self.here[task]
            visitor.hang_up()
            task.cancel()
        await asyncio.gather(*(task for task, _ in leaving), return_exceptions=True)
        return {"left": len(leaving)}

    async def partial(self) -> dict[str, object]:
        """Say who has seen the newest status, and forget it: it counts as lost for the others."""
        self.since = stamp = max(self.seen, default=self.since)
        return {"count": len(self.seen.pop(stamp, ()))}

    async def count(self) -> dict[str, object]:
        """Say how many texts came."""
        return {"texts": self.texts, "here": len(self.here), "dropped": self.dropped}

    def told(self, who: int, text: str, at: int) -> None:
        """Note that a visitor got `text`; once all have seen its status, say so."""
        self.texts += 1
        found = STAMP.search(text)
        stamp = int(found[0]) if found else 0
        if stamp <= self.since:
            return
        seen = self.seen.setdefault(stamp, {})
        # A poller sees one status again and again; the first time counts.
        if seen.setdefault(who, at) != at or len(seen) < len(self.here):
            return
        del self.seen[stamp]
        self.since = stamp
        delays = sorted((at - stamp) / 1e6 for at in seen.values())
        middle = statistics.median(delays)
        say({"event": "all", "count": len(seen), "median_ms": middle, "last_ms": delays[-1]})

    async def _come(self) -> str:
        """Let one visitor come; return why it could not."""
        if self.address.is_websocket:
            try:
                visitor = await PushVisitor.come(self.address)
            except NotOpened as problem:
                return str(problem)
        else:
            visitor = PollVisitor(self.address, random.uniform(0, self.address.interval))
        who = id(visitor)
        task = asyncio.create_task(visitor.stay(lambda text, at: self.told(who, text, at)))
        self.here[task] = visitor
        task.add_done_callback(self._gone)
        return ""

    def _gone(self, task: asyncio.Task[None]) -> None:
        if self.here.pop(task, None):
            self.dropped += 1


def say(words: dict[str, object]) -> None:
    """Write a line for the other side."""
    print(json.dumps(words), flush=True)


async def serve(address: Address) -> None:
    """Carry out commands until there are no more."""
    visitors = Visitors(address)
    acts = (visitors.open, visitors.leave, visitors.partial, visitors.count)
    by_name = {act.__name__: act for act in acts}
    # In a thread: a pipe that asyncio can read is not to be had on Windows.
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        name = command.pop("do")
        say({"event": name, **await by_name[name](**command)})
    await visitors.leave(len(visitors.here))


if __name__ == "__main__":
    allow_open_files()
    # This process is the clock: a pause of the collector would be measured as the server's.
    gc.disable()
    asyncio.run(serve(Address(**json.loads(sys.argv[1]))))
