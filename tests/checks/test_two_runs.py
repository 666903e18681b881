"""Two runs one after the other: a mistake, unless somebody came after the first was over."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Frame
from checks.harness.project import INTERVAL_SECONDS
from checks.step_05.status_run import (
    RUN,
    Late,
    WatchedRun,
    one_more_run,
    run_end,
    statuses,
    take_off_next_run,
)
from checks.step_05.test_websocket_celery import test_all_share_one_run as all_share_one_run
from checks.verdicts import CannotTell, NotYet
from tests.support.edited_projects import Edit, checks_on, edited_copy
from tests.support.lock_before_sending import TASKS

TAKES_LOCK = "    lock = redis.lock('status-run', timeout=LOCK_LIFETIME)\n"
TWO_RUNS = [*RUN, *RUN]


def visitor_of(*seen: str, intervals: Sequence[float] = range(60)) -> SimpleNamespace:
    """Return one who was sent these statuses, each when so many intervals had passed."""
    frames = [
        Frame(f"<p>{one}</p>", at * INTERVAL_SECONDS)
        for one, at in zip(seen, intervals, strict=False)
    ]
    return SimpleNamespace(frames=frames, wait_for=lambda holds, within: None)


LATE = Late("FINISHED", "FINISHED", None, 0.1, False, 3.1 * INTERVAL_SECONDS)


def seen_out(*seen: str, late: list[Late]) -> list[str]:
    """Return what is left of what a visitor was sent, by a worker with one place."""
    visitor = visitor_of(*seen)
    watched_run = WatchedRun(visitors=[visitor], late=late)
    if one_more_run(watched_run):
        take_off_next_run(watched_run)
    return statuses(visitor)


def judged(
    visitor: SimpleNamespace | None = None, *, late_at: float, busy: float = 0
) -> type[Exception]:
    """Return how the check ends where a late page opened then, on a machine so busy: intervals."""
    late = replace(LATE, opened_at=late_at * INTERVAL_SECONDS)
    visitors = [visitor or visitor_of(*TWO_RUNS)]
    watched_run = WatchedRun(visitors=visitors, late=[late], busy_seconds=busy * INTERVAL_SECONDS)
    with pytest.raises((CannotTell, NotYet)) as raised:
        all_share_one_run(Later(lambda: watched_run))
    return raised.type


@pytest.mark.takes_long("two looks at a run, and one more between them")
def test_a_message_that_the_worker_takes_too_late_once_is_no_mistake(tmp_path: Path) -> None:
    # The seventh is the last late visitor's.
    once = "    if redis.incr('taken') == 7:\n        sleep(2 * settings.STATUS_INTERVAL)\n"
    edits = (
        Edit(TASKS, TAKES_LOCK, once + TAKES_LOCK),
        Edit(TASKS, "expires=LOCK_LIFETIME, ", ""),
    )
    project = edited_copy(5, edits, tmp_path)
    said = checks_on(5, project, "--roles=web,worker", only="test_all_share_one_run")
    assert said.code == 0, said.text


def test_a_run_ends_with_its_last_status() -> None:
    assert run_end(visitor_of(*TWO_RUNS)) == 4 * INTERVAL_SECONDS
    assert run_end(visitor_of("RUNNING", *TWO_RUNS)) == 5 * INTERVAL_SECONDS


def test_a_second_run_is_a_mistake_where_everybody_came_amid_the_first() -> None:
    assert judged(late_at=3.1) is NotYet


def test_nothing_can_be_told_where_a_late_page_came_after_the_run() -> None:
    assert judged(late_at=4.5) is CannotTell


def test_nothing_can_be_told_where_a_busy_machine_may_have_kept_a_late_pages_task() -> None:
    assert judged(late_at=3.5, busy=1) is CannotTell
    assert judged(late_at=3.5, busy=0.1) is NotYet
    assert judged(late_at=2, busy=60) is NotYet


def test_a_run_that_begins_amid_the_first_is_a_mistake_on_a_busy_machine_too() -> None:
    amid = visitor_of(*TWO_RUNS, intervals=(0, 1, 2, 3, 3.1, 4, 4.1, 5.1, 6.1, 7.1))
    assert judged(amid, late_at=3, busy=60) is NotYet


def test_one_place_does_the_run_of_a_late_visitor_after_the_first() -> None:
    assert seen_out(*RUN, *RUN, late=[LATE]) == RUN
    assert seen_out("RUNNING", *RUN, *RUN, late=[LATE]) == ["RUNNING", *RUN]


@pytest.mark.parametrize(
    ("seen", "late"),
    [
        ([*RUN, *RUN], []),
        ([*RUN, *RUN, *RUN], [LATE]),
        (["RUNNING", "FINISHED"] * 5, [LATE]),
    ],
    ids=["nobody came late", "a third run", "one run that is too long"],
)
def test_one_place_excuses_nothing_else(seen: list[str], late: list[Late]) -> None:
    assert seen_out(*seen, late=late) == seen
