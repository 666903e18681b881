"""Step 01: a worker behind a broker, results and schedule in Django's database."""

from tests.support.snapshots import SnapshotRun
from tests.support.tool_process import wait_until

STEP = "01"
RESULTS = (
    "from django_celery_results.models import TaskResult as T;"
    "print(*T.objects.values_list('task_id', 'status'))"
)
SEND = "from config import celery_app; print(celery_app.send_task('celery.backend_cleanup').id)"
SCHEDULE = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask
every, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
PeriodicTask.objects.create(name="often", task="celery.backend_cleanup", interval=every)
"""


def test_the_worker_answers_ping(step: SnapshotRun) -> None:
    said = step.command("celery", "-A", "config", "inspect", "ping")
    assert "pong" in said
    assert "1 node online" in said


def test_a_task_sent_by_hand_leaves_a_result_that_the_admin_shows(step: SnapshotRun) -> None:
    # Not by `celery call`: that command loads no Django, and so cannot load the result backend.
    task_id = step.shell(SEND).strip()
    wait_until(lambda: f"('{task_id}', 'SUCCESS')" in step.shell(RESULTS), 10)
    with step.visitor() as visitor:
        page = visitor.get("/admin/login/")
        fields = {"username": "demo", "password": "demo"}
        visitor.post(
            "/admin/login/?next=/admin/",
            data=fields | {"csrfmiddlewaretoken": page.cookies["csrftoken"]},
        )
        assert task_id in visitor.get("/admin/django_celery_results/taskresult/").text
        assert (
            "celery.backend_cleanup" in visitor.get("/admin/django_celery_beat/periodictask/").text
        )


def test_beat_runs_what_is_scheduled_in_the_database(step: SnapshotRun) -> None:
    rows_before = step.shell(RESULTS).count("SUCCESS")
    step.shell(SCHEDULE)
    wait_until(lambda: step.shell(RESULTS).count("SUCCESS") >= rows_before + 2, 15)


def test_no_log_speaks_of_an_error(step: SnapshotRun) -> None:
    assert step.errors() == []
