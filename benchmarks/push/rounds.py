"""The rounds of the push benchmark: visitors connect, statuses are sent in turn, visitors leave."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.push.deployments import Site
from benchmarks.push.results import Readings
from workbook.runtime.waiting import wait_until

# The server has written a status when the last visitor reads it; the next finds it at rest.
PAUSE_SECONDS = 0.02
LEAVE_SECONDS = 15
TRIES = 3
POLLED_STATUSES = 3


@dataclass(frozen=True)
class Plan:
    """How much is measured. A block is one status to warm up and `statuses` that count."""

    sizes: tuple[int, ...] = (1, 100, 500, 1000)
    rounds: int = 3
    blocks: int = 4
    statuses: int = 3
    at_once: int = 1000  # how many visitors come at the same moment, the others after them

    @property
    def most(self) -> int:
        """How many visitors come at once."""
        return max(self.sizes)


@dataclass
class Rounds:
    """Measures `sites`, which are pushed to, in turn, and `polled` ones on their own after them."""

    plan: Plan
    sites: Sequence[Site]
    polled: Sequence[Site]
    readings: dict[str, Readings] = field(default_factory=dict)
    # How many visitors are too many for a row that is polled, as a round before has shown.
    too_many: dict[str, int] = field(default_factory=dict)

    def measure(self) -> None:
        """Do every round."""
        for site in (*self.sites, *self.polled):
            self.readings[site.row.name] = Readings()
        for number in range(1, self.plan.rounds + 1):
            start = time.monotonic()
            self._round()
            seconds = time.monotonic() - start
            print(f"Round {number} of {self.plan.rounds}: {seconds:.0f} s", flush=True)
        for site in (*self.sites, *self.polled):
            found = self.readings[site.row.name]
            found.lost = site.lost
            found.dropped = site.visitors.standing().dropped

    def _round(self) -> None:
        for site in self.sites:
            self._arrive(site)
        for size in sorted(self.plan.sizes, reverse=True):
            self._shrink(size)
            self._blocks(size)
        self._shrink(0)
        for site in self.sites:
            self.readings[site.row.name].left.append(_members_left(site))
        for site in self.polled:
            for size in sorted(self.plan.sizes):
                # More visitors would only wait longer, and the benchmark with them.
                if size < self.too_many.get(site.row.name, size + 1):
                    self._poll(site, size)

    def _arrive(self, site: Site) -> None:
        """Let everybody come; who was turned away may try again, but it is noted."""
        found = self.readings[site.row.name]
        before = site.server.memory_bytes()
        portions = range(0, self.plan.most, self.plan.at_once)
        opened = [
            site.visitors.open(min(self.plan.at_once, self.plan.most - here)) for here in portions
        ]
        came = sum(one.opened for one in opened)
        found.came.append(came)
        found.per_second.append(came / sum(one.seconds for one in opened))
        for _ in range(TRIES):
            missing = self.plan.most - site.visitors.standing().here
            if missing > 0:
                site.visitors.open(missing)
        site.server.await_quiet()
        held = site.server.memory_bytes() - before
        found.memory_kib.append(held / 1024 / self.plan.most)

    def _shrink(self, size: int) -> None:
        """Let visitors hang up until `size` are left everywhere, and the servers notice it."""
        left = 0
        for site in self.sites:
            leaving = max(site.visitors.standing().here - size, 0)
            site.visitors.leave(leaving)
            left += leaving
        for site in self.sites if left else ():
            site.server.await_quiet()

    def _blocks(self, size: int) -> None:
        """Send statuses to `size` visitors of every row, a few of each row at a time."""
        for readings in self.readings.values():
            readings.begin(size)
        used = dict.fromkeys((site.row.name for site in self.sites), 0.0)
        for block in range(self.plan.blocks):
            # Nobody comes always after the same neighbour.
            first = block % len(self.sites)
            for site in (*self.sites[first:], *self.sites[:first]):
                used[site.row.name] += self._block(site, size)
        if size == self.plan.most:
            frames = self.plan.blocks * self.plan.statuses * size
            for name, seconds in used.items():
                self.readings[name].cpu_us.append([seconds / frames * 1e6])

    def _block(self, site: Site, size: int) -> float:
        """Measure some statuses of a row; return the CPU seconds that they cost its server."""
        site.send()
        before = site.server.cpu_seconds()
        for _ in range(self.plan.statuses):
            time.sleep(PAUSE_SECONDS)
            self.readings[site.row.name].add(size, site.send())
        return site.server.cpu_seconds() - before

    def _poll(self, site: Site, size: int) -> None:
        """Send statuses to `size` visitors who ask once a second, at any moment of it."""
        found = self.readings[site.row.name]
        site.visitors.open(size)
        # A status can be lost where the database is locked. Two in a row are too many visitors.
        if site.send() is None and site.send() is None:
            self.too_many[site.row.name] = size
        else:
            for _ in range(POLLED_STATUSES):
                time.sleep(random.uniform(0, 1))
                found.add(size, site.send())
        site.visitors.leave(size)
        site.server.await_quiet()


def _members_left(site: Site) -> int:
    """Return how many members the group keeps, once no more leave."""
    wait_until(lambda: site.members_left() <= site.row.members_allowed, LEAVE_SECONDS, 0.2)
    return site.members_left()
