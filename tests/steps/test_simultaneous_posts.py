"""Two clicks of a visitor at the same moment: each task stays the visitor's own."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.snapshots import SnapshotRun, snapshot_run

# Of new visitors, and as many of one who is there already. A dict in the session loses an id in
# a fifth of them; the long rounds are the proof, and the others the warning.
ROUNDS, LONG_ROUNDS = 10, 50
ANSWER_SECONDS = 30
ID = re.compile(r"<code>([0-9a-f-]{36})</code>")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
SESSION_SIZES = (
    "from django.contrib.sessions.models import Session;"
    "print(*sorted({len(str(one.get_decoded())) for one in Session.objects.all()}))"
)


# The views are the same in all three.
STEPS = [*(pytest.param(step, marks=pytest.mark.long) for step in ("03", "04")), "05"]


@pytest.fixture(scope="module", params=STEPS)
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    with snapshot_run(request.param) as run:
        yield run


@pytest.mark.takes_long("two hundred posts, and each task is asked for")
async def test_no_id_is_lost_and_the_session_stays_as_small(
    step: SnapshotRun, request: pytest.FixtureRequest
) -> None:
    rounds = LONG_ROUNDS if request.config.getoption("--all") else ROUNDS
    found = []
    for _ in range(rounds):
        async with visitor_of(step) as visitor:
            found += await post_twice(visitor, await token_of(visitor))
    first_sizes = step.shell(SESSION_SIZES)
    async with visitor_of(step) as visitor:
        token = await token_of(visitor)
        for _ in range(rounds):
            found += await post_twice(visitor, token)
    assert step.shell(SESSION_SIZES) == first_sizes
    assert found == [200] * 4 * rounds


def visitor_of(step: SnapshotRun) -> httpx.AsyncClient:
    """Return a browser's stand-in, which keeps its cookies."""
    return httpx.AsyncClient(base_url=step.url, timeout=ANSWER_SECONDS)


async def token_of(visitor: httpx.AsyncClient) -> str:
    """Open the start page, and return the CSRF token of its form."""
    return TOKEN.search((await visitor.get("/")).text)[1]


async def post_twice(visitor: httpx.AsyncClient, token: str) -> list[int]:
    """Send the form twice at the same moment; return how each task's address answers."""
    data = {"csrfmiddlewaretoken": token}
    answers = await asyncio.gather(*(visitor.post("/check-status/", data=data) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [202, 202]
    ids = [ID.search(answer.text)[1] for answer in answers]
    return [(await visitor.get(f"/check-status/{one}/")).status_code for one in ids]
