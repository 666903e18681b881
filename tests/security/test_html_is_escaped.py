"""HTML in payloads, results and statuses is shown as text, wherever it comes out."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from html import escape

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.support.snapshots import SnapshotRun, csrf

MARKUP = """<script>alert(1)</script>"><img src=x onerror='alert(2)'>&amp;"""
DANGEROUS = ("<script>alert", "<img src=x")
STATES = ("SUCCESS", "FAILURE", "PROGRESS", "RETRY", "REVOKED")

# Run in the project's shell, with MARKUP, SESSION and IDS (state to id) before it.
STORE = """
from django.contrib.sessions.backends.db import SessionStore
from config import celery_app
from status.models import SentTask
visitor = SessionStore(SESSION)['visitor']
for one in IDS.values():
    SentTask.objects.create(visitor=visitor, task_id=one)
values = {'SUCCESS': MARKUP, 'PROGRESS': {'percent': MARKUP}}
for state, one in IDS.items():
    value = values.get(state, ValueError(MARKUP))
    celery_app.backend.store_result(one, value, state, traceback=MARKUP)
"""
# A task with a message that its own exception repeats, and a schedule made of HTML.
SEND = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from config import celery_app
every, _ = IntervalSchedule.objects.get_or_create(every=9, period='days')
PeriodicTask.objects.create(
    name=MARKUP, task=MARKUP, description=MARKUP, interval=every, enabled=False
)
# At last: the worker writes into the same SQLite, which refuses two who write at once.
celery_app.send_task('status.tasks.send_status', [MARKUP], {MARKUP: MARKUP}, task_id=TASK_ID)
"""
SHOUT = """
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from status.tasks import broadcast
broadcast(MARKUP)
async_to_sync(get_channel_layer().group_send)('status', {'type': 'send_status', 'status': MARKUP})
"""


def define(**values: object) -> str:
    """Return lines of Python that give these values their names."""
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def require_escaped(page: str) -> None:
    """Assert that a page shows the markup, and shows it as text."""
    assert [one for one in DANGEROUS if one in page] == []
    assert escape("<script>alert(1)</script>") in page or "\\u003Cscript" in page, page


@pytest.fixture(scope="module")
def visitor(served: SnapshotRun) -> Iterator[httpx.Client]:
    """Someone with a session, for the tests of this module alone."""
    with served.visitor() as someone:
        someone.post("/check-status/", data=csrf(someone))
        yield someone


@pytest.fixture(scope="module")
def ids(served: SnapshotRun, visitor: httpx.Client) -> dict[str, str]:
    """Results made of HTML, one in each state, which `visitor` may look at."""
    found = {state: str(uuid.uuid4()) for state in STATES}
    session = visitor.cookies["sessionid"]
    served.shell(define(MARKUP=MARKUP, SESSION=session, IDS=found) + STORE)
    return found


@pytest.fixture(scope="module")
def admin(served: SnapshotRun) -> Iterator[httpx.Client]:
    with served.visitor() as someone:
        token = someone.get("/admin/login/").cookies["csrftoken"]
        fields = {"username": "demo", "password": "demo", "csrfmiddlewaretoken": token}
        assert someone.post("/admin/login/?next=/admin/", data=fields).url.path == "/admin/"
        yield someone


@pytest.mark.parametrize("state", ["SUCCESS", "FAILURE", "PROGRESS", "RETRY"])
def test_fragment_shows_text(visitor: httpx.Client, ids: dict[str, str], state: str) -> None:
    fragment = visitor.get(f"/check-status/{ids[state]}/").text
    assert f"<strong>{state}</strong>" in fragment
    require_escaped(fragment)


def test_revoked_task_shows_no_reason(visitor: httpx.Client, ids: dict[str, str]) -> None:
    fragment = visitor.get(f"/check-status/{ids['REVOKED']}/").text
    assert "REVOKED" in fragment
    assert "script" not in fragment


def test_admin_shows_text(served: SnapshotRun, admin: httpx.Client, ids: dict[str, str]) -> None:
    task_id = str(uuid.uuid4())
    served.shell(define(MARKUP=MARKUP, TASK_ID=task_id) + SEND)
    numbers = json.loads(
        served.shell(
            "from django_celery_results.models import TaskResult as T; import json;"
            "print(json.dumps(list(T.objects.values_list('pk', flat=True))))"
        )
    )
    results = "/admin/django_celery_results/taskresult/"
    schedules = "/admin/django_celery_beat/periodictask/"
    require_escaped(admin.get(schedules).text)
    pages = [admin.get(f"{results}{number}/change/") for number in numbers]
    pages += [admin.get(results), admin.get(f"{results}?q={MARKUP}"), admin.get(schedules)]
    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert [one for one in DANGEROUS if one in page.text] == []
    shown = [page for page in pages if "alert(1)" in page.text]
    assert len(shown) > len(STATES) - 1


def test_a_status_reaches_open_pages_as_text(served: SnapshotRun) -> None:
    async def frames() -> list[str]:
        async with connect(served.socket_url, origin=served.url, proxy=None) as socket:
            await asyncio.to_thread(served.shell, define(MARKUP=MARKUP) + SHOUT)
            found = []
            async with asyncio.timeout(20):
                while len(found) < 2:
                    frame = await socket.recv()
                    found += [frame] if "alert" in frame else []
        # Who comes now is greeted with the status that was kept, unless a run has set the next.
        return found

    for frame in asyncio.run(frames()):
        require_escaped(frame)
