"""Step 02: the page answers at once, and the work is done later."""

import re
import time

from tests.support.snapshots import SnapshotRun, csrf
from tests.support.tool_process import wait_until

STEP = "02"
ROW = (
    "from django_celery_results.models import TaskResult as T;"
    "print(T.objects.filter(task_id='{}').values_list('status', 'result', 'task_name'))"
)


def test_the_page_answers_at_once_and_the_result_comes_later(step: SnapshotRun) -> None:
    with step.visitor() as visitor:
        fields, start = csrf(visitor), time.monotonic()
        page = visitor.post("/check-status/", data=fields)
        assert time.monotonic() - start < 1
    assert page.status_code == 200
    task_id = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", page.text)[0]
    expected = str(("SUCCESS", '"RUNNING"', "status.tasks.send_status"))
    wait_until(lambda: expected in step.shell(ROW.format(task_id)), 10)
    assert "Sending status..." in step.tool.text
    assert "payload" in step.tool.text


def test_a_post_without_the_token_is_refused_and_a_get_sends_nothing(step: SnapshotRun) -> None:
    received = step.tool.text.count("received")
    with step.visitor() as visitor:
        assert visitor.post("/check-status/").status_code == 403
        assert visitor.get("/check-status/").status_code == 405
    assert step.tool.text.count("received") == received


def test_no_log_speaks_of_an_error(step: SnapshotRun) -> None:
    assert step.errors() == []
