"""Malformed inputs do no harm: to the answers, to the logs, to other visitors.

A failure names its seed and its number. To repeat that one alone:
`WORKBOOK_SEED=7 WORKBOOK_ATTACK=123 pytest tests/security/test_malformed_inputs.py`; the seed alone
repeats the whole round.
"""

import asyncio
import os

import pytest

from tests.security.attacks import Attack, attack
from tests.security.barrage import Innocents, answer_to, barrage, complaint, log_complaints
from tests.security.known_library_errors import ALLOWED, Known
from tests.support.skip_markers import REDIS_SERVER
from tests.support.snapshots import SnapshotRun, csrf
from tests.support.tool_process import wait_until

pytestmark = REDIS_SERVER
SEED = int(os.environ.get("WORKBOOK_SEED", "5"))
ONE = os.environ.get("WORKBOOK_ATTACK")
ROUND, LONG_ROUND = 300, 2_000
SOCKET_STEP = "robust"


@pytest.fixture(scope="module", params=["03", SOCKET_STEP])
def step(request: pytest.FixtureRequest) -> tuple[str, SnapshotRun]:
    name = "in_public" if request.param == SOCKET_STEP else "polled_in_public"
    return request.param, request.getfixturevalue(name)


def attacks(step: str, first: int, count: int) -> list[Attack]:
    numbers = [int(ONE)] if ONE else range(first, first + count)
    return [attack(SEED, number, with_sockets=step == SOCKET_STEP) for number in numbers]


def require_no_harm(step: str, run: SnapshotRun, sent: list[Attack]) -> None:
    """Send the attacks, and assert that nothing came of them but refusals."""
    innocents = Innocents(run)

    async def meanwhile() -> list[str]:
        async with innocents.around(with_socket=step == SOCKET_STEP):
            return await barrage(run, sent)

    harm = asyncio.run(meanwhile())
    assert harm == [], "\n".join(harm)
    assert innocents.disturbed == []
    assert innocents.polls > 0
    assert set(innocents.statuses) <= {"RUNNING", "FINISHED"}
    with run.visitor() as visitor:
        assert visitor.post("/check-status/", data=csrf(visitor)).status_code == 202
    # What the last of them did may have been logged only now.
    assert log_complaints(run.tool.text) == []


def test_malformed_inputs_do_no_harm(step: tuple[str, SnapshotRun]) -> None:
    name, run = step
    require_no_harm(name, run, attacks(name, 0, ROUND))


@pytest.mark.long
def test_many_more_malformed_inputs_do_no_harm(step: tuple[str, SnapshotRun]) -> None:
    name, run = step
    require_no_harm(name, run, attacks(name, ROUND, LONG_ROUND - ROUND))


def test_each_known_error_still_happens(step: tuple[str, SnapshotRun]) -> None:
    name, run = step
    for title, known in ALLOWED.items():
        if name in known.steps:
            require_known_error(run, title, known)


def require_known_error(run: SnapshotRun, title: str, known: Known) -> None:
    """Send the entry's example, and assert that it is answered or logged as an error."""
    assert known.sent.search(known.example)
    before = len(run.tool.text)
    answer = asyncio.run(answer_to(run.port, Attack(0, 0, title, known.example, in_socket=False)))
    if not complaint(answer):
        wait_until(lambda: known.logged.search(run.tool.text[before:]), 10, lambda: title)
