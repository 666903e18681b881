"""A real browser sees a whole run, though it came when another run was at its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

import pytest

from checks.clients.browser import LivePage
from checks.step_05 import test_websocket_celery as step_05


@dataclass
class Shown(LivePage):
    """A page without a browser: each run that begins shows it the next texts."""

    runs: Sequence[Sequence[str]]
    sockets: int = 1
    texts: list[str] = field(default_factory=list)
    begun: int = 0
    _end: Event = field(default_factory=Event)

    def begin_run(self) -> None:
        self.texts = [*self.texts, *self.runs[self.begun]]
        self.begun += 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_05, "BROWSER_SECONDS", 0)


def sees(page: Shown) -> bool:
    return step_05.shows_a_run(page, page.begin_run)


def test_both_statuses_are_enough():
    page = Shown([], texts=["…", "RUNNING", "FINISHED"])
    assert sees(page)
    assert page.begun == 0


def test_a_page_that_saw_the_end_of_a_run_alone_is_shown_another():
    page = Shown([["RUNNING", "FINISHED"]], texts=["…", "FINISHED"])
    assert sees(page)
    assert page.begun == 1


def test_a_page_that_another_run_changes_as_little_shows_none():
    page = Shown([["FINISHED"]], texts=["…", "FINISHED"])
    assert not sees(page)


def test_no_run_is_begun_for_a_page_that_opened_no_websocket():
    page = Shown([], texts=["…"], sockets=0)
    assert not sees(page)
    assert page.begun == 0
