"""Faults 6 and 10: the server restarts, beat is killed, and a schedule is hours overdue."""

import sys
import time

import pytest
import redis
from playwright.sync_api import expect

from checks.harness.project import Project
from tests.faults.running_project import ask_to_end
from tests.faults.thresholds import Figures
from tests.support.commands import run_command
from tests.support.edited_projects import Edit
from tests.support.skip_markers import CHROMIUM, REDIS_SERVER
from tests.support.tool_process import wait_until
from workbook.browser import browser, find_chromium
from workbook.runtime.child_environment import environment_for

pytestmark = REDIS_SERVER

# Nobody works on this queue: what beat sends stays there to be counted.
QUEUE, TASK = "nobody", "celery.backend_cleanup"
HOURS_OVERDUE = 10
OVERDUE = f"""
from datetime import timedelta
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
hourly, _ = IntervalSchedule.objects.get_or_create(every=1, period='hours')
PeriodicTask.objects.create(
    name='hourly', task='{TASK}', queue='{QUEUE}', interval=hourly,
    last_run_at=timezone.now() - timedelta(hours={HOURS_OVERDUE}),
)
"""
# Beat looks every 5 s for what was changed in the admin. A second firing comes at once.
SEEN_SECONDS, AGAIN_SECONDS = 60, 8
BACK_SECONDS = 60
STARTED = "beat: Starting..."
# What django-celery-beat does not do: make up for each of the times that were missed.
BURST = """
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler


class Burst(DatabaseScheduler):
    def apply_entry(self, entry, producer=None):
        late = timezone.now() - entry.last_run_at
        for _ in range(max(1, int(late.total_seconds() // 3600))):
            super().apply_entry(entry, producer)
"""
CURES = (
    # Beat's scheduler is the cure of an overdue schedule.
    Edit("config/burst.py", "", BURST),
    Edit(
        "config/settings.py",
        "django_celery_beat.schedulers:DatabaseScheduler",
        "config.burst:Burst",
    ),
    # Without it beat notes what it has sent every three minutes, and a killed one never.
    Edit("config/settings.py", "CELERY_BEAT_SYNC_EVERY = 1\n", ""),
    # A websocket without HTMX's extension is not opened again.
    Edit(
        "templates/live.html",
        'hx-ext="ws" ws-connect="/ws/status">',
        "><script>new WebSocket(`ws://${location.host}/ws/status`).onmessage = (event) => {"
        "document.getElementById('status').outerHTML = event.data }</script>",
    ),
)


@pytest.mark.takes_long("beat is watched for what it should not send, before and after a restart")
def test_overdue_schedule_fires_once(step: Project, figure: Figures) -> None:
    schedule_overdue(step)
    wait_until(lambda: sent(step) > 0, SEEN_SECONDS)
    time.sleep(AGAIN_SECONDS)
    fired = sent(step)
    figure("overdue", fired)  # not once for each hour
    step.process("beat").kill()
    step.restart("beat")
    wait_until(lambda: STARTED in step.process("beat").log.text(), SEEN_SECONDS)
    time.sleep(AGAIN_SECONDS)
    figure("fired again", sent(step) - fired)


@CHROMIUM
@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "asked to end"])
def test_page_finds_a_restarted_server(step: Project, is_killed: bool, figure: Figures) -> None:
    with browser(find_chromium()) as chromium:
        page = chromium.new_page()
        page.goto(f"{step.url}/live/")
        status = page.locator("#status")
        expect(status).to_have_text("RUNNING", timeout=BACK_SECONDS * 1000)
        web = step.process("web")
        web.kill() if is_killed else ask_to_end(web)
        page.evaluate("document.getElementById('status').textContent = 'not yet'")
        since = time.monotonic()
        step.restart("web")
        expect(status).not_to_have_text("not yet", timeout=BACK_SECONDS * 1000)
        name = "web killed" if is_killed else "web asked to end"
        figure(name, time.monotonic() - since)


def schedule_overdue(step: Project) -> None:
    """Have an hourly task that ran for the last time hours ago."""
    run_command(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", OVERDUE],
        step.folder,
        environment_for(step.redis.url),
        check=True,
    )


def sent(step: Project) -> int:
    """Return how often beat has sent it."""
    with redis.Redis.from_url(step.redis.url) as client:
        return client.llen(QUEUE)
