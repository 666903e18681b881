"""Two runs one after the other: a mistake, unless somebody came after the first was over."""

from types import SimpleNamespace

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Frame
from checks.harness.project import INTERVAL_SECONDS
from checks.step_05.status_run import RUN, Late, WatchedRun, run_end, see_out_next_run, statuses
from checks.step_05.test_websocket_celery import test_all_share_one_run as all_share_one_run
from checks.verdicts import CannotTell, NotYet

TWO_RUNS = ["RUNNING", "FINISHED", "RUNNING", "FINISHED", "RUNNING", "RUNNING", "FINISHED"]


def visitor_of(*seen: str) -> SimpleNamespace:
    """Return one who was sent a status a second, from 0 on."""
    frames = [Frame(f"<p>{one}</p>", at) for at, one in enumerate(seen)]
    return SimpleNamespace(frames=frames, wait_for=lambda holds, within: None)


LATE = Late("FINISHED", "FINISHED", None, 0.1, False, 3.1)


def seen_out(*seen: str, late: list[Late]) -> list[str]:
    """Return what is left of what a visitor was sent, by a worker with one place."""
    visitor = visitor_of(*seen)
    see_out_next_run(WatchedRun(visitors=[visitor], late=late))
    return statuses(visitor)


def judged(late_at: float, busy_seconds: float = 0) -> type[Exception]:
    """Return how the check ends where a late page opened at that second, on a machine so busy."""
    late = Late("FINISHED", "FINISHED", None, 0.1, False, late_at)
    watched_run = WatchedRun(
        visitors=[visitor_of(*TWO_RUNS)], late=[late], busy_seconds=busy_seconds
    )
    with pytest.raises((CannotTell, NotYet)) as raised:
        all_share_one_run(Later(lambda: watched_run))
    return raised.type


def test_a_run_ends_with_its_last_status() -> None:
    assert run_end(visitor_of(*TWO_RUNS)) == 4
    assert run_end(visitor_of("RUNNING", *TWO_RUNS)) == 5


def test_a_second_run_is_a_mistake_where_everybody_came_amid_the_first() -> None:
    assert judged(late_at=3.1) is NotYet


def test_nothing_can_be_told_where_a_late_page_came_after_the_run() -> None:
    assert judged(late_at=4.5) is CannotTell


def test_nothing_can_be_told_where_a_busy_machine_may_have_kept_a_late_pages_task() -> None:
    just_before = 4 - INTERVAL_SECONDS / 2
    assert judged(late_at=just_before, busy_seconds=INTERVAL_SECONDS) is CannotTell
    assert judged(late_at=just_before, busy_seconds=INTERVAL_SECONDS / 10) is NotYet
    assert judged(late_at=4 - 2 * INTERVAL_SECONDS, busy_seconds=60) is NotYet


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
