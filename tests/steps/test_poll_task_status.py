"""Step 03: the page polls until the task is done."""

import re
import time

import httpx

from tests.support.snapshots import SnapshotRun, csrf

STEP = "03"
POLL_SECONDS = 0.5


def next_address(fragment: httpx.Response) -> str | None:
    """Return the address that the fragment polls, None where it polls no more."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every 1s"', fragment.text)
    return found[1] if found else None


def test_the_conversation_goes_from_a_202_to_the_last_fragment(step: SnapshotRun) -> None:
    with step.visitor() as visitor:
        fragment = visitor.post("/check-status/", data=csrf(visitor))
        assert fragment.status_code == 202
        address, states, bars = next_address(fragment), [], []
        deadline = time.monotonic() + 15
        while next_address(fragment):
            assert time.monotonic() < deadline, fragment.text
            time.sleep(POLL_SECONDS)
            fragment = visitor.get(address)
            states.append(re.search(r"<strong>(\w+)</strong>", fragment.text)[1])
            bars.append(int(re.search(r'<progress value="(\d+)"', fragment.text)[1]))
    assert set(states) <= {"PENDING", "STARTED", "PROGRESS", "SUCCESS"}
    assert states[-1] == "SUCCESS"
    assert "RUNNING" in fragment.text
    assert bars == sorted(bars)
    assert {20, 40, 60, 100} <= set(bars)


def test_before_htmx_has_loaded_the_browser_can_send_the_form(step: SnapshotRun) -> None:
    """A form without a method puts its token into the address."""
    with step.visitor() as visitor:
        assert '<form method="post" action="/check-status/"' in visitor.get("/").text


def test_a_strangers_task_and_an_invented_one_get_the_same_404(step: SnapshotRun) -> None:
    invented = "/check-status/00000000-0000-4000-8000-000000000000/"
    with step.visitor() as visitor, step.visitor() as stranger:
        address = next_address(visitor.post("/check-status/", data=csrf(visitor)))
        answers = [stranger.get(address), stranger.get(invented), visitor.get(invented)]
        assert visitor.get(address).status_code == 200
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.text for answer in answers}) == 1
    assert next_address(answers[0]) is None


def test_a_task_that_fails_says_so_and_ends_the_polling(step: SnapshotRun) -> None:
    task_id = "11111111-1111-4111-8111-111111111111"
    with step.visitor() as visitor:
        visitor.get("/")
        session = visitor.cookies["sessionid"]
        step.shell(
            "from django.contrib.sessions.backends.db import SessionStore;"
            "from status.models import SentTask;"
            f"visitor = SessionStore('{session}')['visitor'];"
            f"SentTask.objects.create(visitor=visitor, task_id='{task_id}');"
            "from config import celery_app;"
            "celery_app.send_task('status.tasks.send_status', ['<b>', 'too', 'many'],"
            f"task_id='{task_id}')"
        )
        deadline = time.monotonic() + 10
        while "FAILURE" not in (fragment := visitor.get(f"/check-status/{task_id}/")).text:
            assert time.monotonic() < deadline, fragment.text
            time.sleep(POLL_SECONDS)
    assert fragment.status_code == 200
    assert next_address(fragment) is None
    assert "positional argument" in fragment.text
    assert "Traceback" not in fragment.text
