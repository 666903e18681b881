"""The rounds of the poll benchmark: what visitors cost who poll, and those who are pushed to."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from benchmarks.poll.results import PollRow
from benchmarks.push.deployments import Site
from benchmarks.support.load_generator import load_worker
from benchmarks.support.statistics_summary import figure

SETTLE_SECONDS = 3
STATUSES = 5
# As many ask again at once, without a pause, as keep a server of two cores busy.
HURRIED = 8
HURRIED_SECONDS = 4


@dataclass(frozen=True)
class Plan:
    """How much is measured: so many visitors, for so many seconds, so often."""

    visitors: int = 100
    seconds: float = 10
    rounds: int = 3


@dataclass
class Readings:
    """What was measured of a row, round by round."""

    cpu_nobody: list[list[float]] = field(default_factory=list)
    cpu_visitors: list[list[float]] = field(default_factory=list)
    median_ms: list[list[float]] = field(default_factory=list)
    last_ms: list[list[float]] = field(default_factory=list)
    rates: list[list[float]] = field(default_factory=list)


def measure(sites: Sequence[Site], plan: Plan) -> list[PollRow]:
    """Do every round, and return a row for each site."""
    found = {site.row.name: Readings() for site in sites}
    for number in range(1, plan.rounds + 1):
        for site, used in zip(sites, _cpu_per_minute(sites, plan.seconds), strict=True):
            found[site.row.name].cpu_nobody.append([used])
        for site in sites:
            _visit(site, plan, found[site.row.name])
            if site.row.is_polled:
                found[site.row.name].rates.append([_rate(site)])
        print(f"Round {number} of {plan.rounds} is done", flush=True)
    return [_row(site, found[site.row.name]) for site in sites]


def _visit(site: Site, plan: Plan, found: Readings) -> None:
    site.visitors.open(plan.visitors)
    time.sleep(SETTLE_SECONDS)
    found.cpu_visitors.append(_cpu_per_minute([site], plan.seconds))
    found.median_ms.append([])
    found.last_ms.append([])
    for _ in range(STATUSES):
        # At any moment between two requests, and not always after the last answer.
        time.sleep(random.uniform(0, site.address.interval))
        delivery = site.send()
        if delivery:
            found.median_ms[-1].append(delivery.median_ms)
            found.last_ms[-1].append(delivery.last_ms)
    site.visitors.leave(plan.visitors)
    site.server.await_quiet()


def _cpu_per_minute(sites: Sequence[Site], seconds: float) -> list[float]:
    """Return the CPU seconds that each server would use in a minute, as it does for `seconds`."""
    start = time.monotonic()
    before = [site.server.cpu_seconds() for site in sites]
    time.sleep(seconds)
    after = [site.server.cpu_seconds() for site in sites]
    minutes = (time.monotonic() - start) / 60
    return [(last - first) / minutes for first, last in zip(before, after, strict=True)]


def _rate(site: Site) -> float:
    """Return the answers a second that the server gives to visitors in a hurry."""
    with load_worker(replace(site.address, interval=0)) as hurried:
        hurried.open(HURRIED)
        time.sleep(1)
        start, before = time.monotonic(), hurried.standing().texts
        time.sleep(HURRIED_SECONDS)
        return (hurried.standing().texts - before) / (time.monotonic() - start)


def _row(site: Site, found: Readings) -> PollRow:
    return PollRow(
        name=site.row.name,
        label=site.row.label,
        cpu_nobody=figure(found.cpu_nobody, digits=2),
        cpu_visitors=figure(found.cpu_visitors, digits=2),
        median_ms=figure(found.median_ms, digits=1),
        last_ms=figure(found.last_ms, digits=1),
        requests_per_second=figure(found.rates, digits=0),
    )
