"""Troubleshooting's entries about beat that sends nothing, or not when it should."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.edited_projects import Appending, Edit
from tests.support.examples import ExampleProject, log_text
from tests.support.tool_process import wait_until
from tests.support.troubleshooting import listing, literal, troubled_project
from workbook.redis_server.server import private_redis

BEAT = ("celery", "-A", "config", "beat", "--loglevel=info")
# Beat looks every second instead of every five.
SETTINGS = """
USE_TZ = config('USE_TZ', cast=bool, default=True)
TIME_ZONE = CELERY_TIMEZONE = config('TIME_ZONE', default='UTC')
DJANGO_CELERY_BEAT_TZ_AWARE = config('AWARE', cast=bool, default=True)
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
"""
# The five minutes between two looks at the whole schedule, shortened.
FULL_SYNC_SECONDS = 4
SYNC = f"""
from celery.signals import beat_init


@beat_init.connect
def look_sooner(**more):
    from django_celery_beat import schedulers

    schedulers.SCHEDULE_SYNC_MAX_INTERVAL = {FULL_SYNC_SECONDS}
"""
EDITS: tuple[Edit, ...] = (Appending("config/settings.py", SETTINGS),)
EVERY_SECOND = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django.utils import timezone
second, _ = IntervalSchedule.objects.get_or_create(every=1, period='seconds')
for name in {names}:
    PeriodicTask.objects.create(name=name, task='status.tasks.send_status', interval=second)
"""
SWITCH_OFF = """
from django_celery_beat.models import PeriodicTask
PeriodicTask.objects.filter(name='switched').update(enabled=False)
"""
INTO_THE_FUTURE = """
import datetime
from django_celery_beat.models import PeriodicTask
from django.utils import timezone
hour = datetime.timedelta(hours=1)
PeriodicTask.objects.filter(name='ahead').update(last_run_at=timezone.now() + hour)
"""
# A project of Berlin's, through the night in which summer time ends: UTC goes from 23:01 to 05:00
# minute by minute, and what beat would send is noted.
AUTUMN = """
import datetime, json
from zoneinfo import ZoneInfo
from django_celery_beat.models import CrontabSchedule, IntervalSchedule
BERLIN = ZoneInfo('Europe/Berlin')
schedules = {
    'crontab of Berlin': CrontabSchedule(minute='0', timezone=BERLIN),
    'crontab of UTC': CrontabSchedule(minute='0', timezone=ZoneInfo('UTC')),
    'interval': IntervalSchedule(every=60, period='minutes'),
}
told = {}
for name, row in schedules.items():
    schedule = row.schedule
    now = last = datetime.datetime(2026, 10, 24, 23, 0, tzinfo=datetime.timezone.utc)
    schedule.nowfun = lambda: now.astimezone(getattr(schedule, 'tz', BERLIN))
    told[name] = []
    while now.hour != 5:
        now += datetime.timedelta(minutes=1)
        if schedule.is_due(last.astimezone(BERLIN)).is_due:
            last = now
            told[name].append(now.strftime('%H:%M'))
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Beat:
    """A beat that runs, with the project that it runs for."""

    project: ExampleProject
    log: Path

    def sent(self, name: str) -> int:
        """Return how often it has sent the periodic task `name`."""
        return log_text(self.log).count(f"Sending due task {name} ")

    def await_sent(self, name: str, times: int) -> None:
        """Wait until it has sent `name` so many times more."""
        wanted = self.sent(name) + times
        wait_until(lambda: self.sent(name) >= wanted, 30, lambda: log_text(self.log))


@contextmanager
def beat_for(
    folder: Path, *names: str, edits: tuple[Edit, ...] = EDITS, first: str = "", **variables: str
) -> Iterator[Beat]:
    """Run beat for a project that sends each of `names` every second; `first` is typed before."""
    with private_redis() as redis:
        project = troubled_project(folder, *edits, redis_url=redis.url, **variables)
        project.says(EVERY_SECOND.format(names=names) + first)
        with project.runs(*BEAT) as log:
            yield Beat(project, log)


def test_what_was_changed_without_a_signal_is_not_noticed_until_beat_is_told(
    tmp_path: Path,
) -> None:
    names = ("switched", "ahead", "other")
    with beat_for(tmp_path / "project", *names, first=INTO_THE_FUTURE) as beat:
        noticed = literal("no-schedule-changed")
        beat.await_sent("switched", 1)
        assert literal("autumn").search(log_text(beat.log))
        beat.project.says(SWITCH_OFF)
        beat.await_sent("switched", 3)
        assert not noticed.search(log_text(beat.log))
        assert beat.sent("ahead") == 0
        assert "ERROR" not in log_text(beat.log)
        beat.project.says(listing("last-run-at"))  # which tells it of both
        beat.await_sent("ahead", 2)
        assert noticed.search(log_text(beat.log))
        sent = beat.sent("switched")
        beat.await_sent("other", 2)
        assert beat.sent("switched") == sent


def test_beat_is_told_as_the_page_says() -> None:
    told = literal("no-schedule-changed", "PeriodicTasks.update_changed()")
    assert told.search(listing("last-run-at"))


@pytest.mark.long  # the five minutes until a change is noticed all the same, shortened
def test_an_update_of_rows_is_noticed_when_beat_looks_at_all_again(tmp_path: Path) -> None:
    edits = (*EDITS, Appending("config/celery.py", SYNC))
    with beat_for(tmp_path / "project", "switched", "other", edits=edits) as beat:
        beat.await_sent("switched", 1)
        beat.project.says(SWITCH_OFF)
        beat.await_sent("other", FULL_SYNC_SECONDS + 2)
        sent = beat.sent("switched")
        beat.await_sent("other", 3)
        assert beat.sent("switched") == sent
        assert not literal("no-schedule-changed").search(log_text(beat.log))


def test_an_hourly_crontab_leaves_out_the_hour_that_comes_twice(tmp_path: Path) -> None:
    project = troubled_project(tmp_path / "project", *EDITS, TIME_ZONE="Europe/Berlin")
    told = json.loads(project.says(AUTUMN))
    hourly = ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]
    assert told == {
        "crontab of Berlin": [hour for hour in hourly if hour != "01:00"],
        "crontab of UTC": hourly,
        "interval": hourly,
    }


@pytest.mark.parametrize("aware", ["true", pytest.param("false", marks=pytest.mark.long)])
def test_without_time_zones_beat_sends_nothing_in_tokyo(tmp_path: Path, aware: str) -> None:
    variables = {"USE_TZ": "false", "TIME_ZONE": "Asia/Tokyo", "AWARE": aware}
    with beat_for(tmp_path / "project", "tick", **variables) as beat:
        started = "beat: Starting..."
        wait_until(lambda: started in log_text(beat.log), 30, lambda: log_text(beat.log))
        time.sleep(4)
        assert beat.sent("tick") == 0
        assert "ERROR" not in log_text(beat.log)


def test_without_time_zones_beat_cannot_note_what_it_sent_in_new_york(tmp_path: Path) -> None:
    variables = {"USE_TZ": "false", "TIME_ZONE": "America/New_York"}
    with beat_for(tmp_path / "project", "tick", **variables) as beat:
        beat.await_sent("tick", 2)
        assert literal("use-tz").search(log_text(beat.log))


@pytest.mark.long  # the page's cures: no entry's text comes from them
@pytest.mark.parametrize(
    "variables",
    [
        {"TIME_ZONE": "Asia/Tokyo"},
        {"TIME_ZONE": "America/New_York", "USE_TZ": "false", "AWARE": "false"},
    ],
    ids=["with time zones", "naive west of Greenwich"],
)
def test_beat_sends_again(tmp_path: Path, variables: dict[str, str]) -> None:
    with beat_for(tmp_path / "project", "tick", **variables) as beat:
        beat.await_sent("tick", 2)
        assert "ERROR" not in log_text(beat.log)
