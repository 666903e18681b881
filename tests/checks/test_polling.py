"""What htmx makes of an hx-trigger: how often it asks."""

import math

import pytest

from checks.clients.htmx import interval_seconds, polling
from checks.clients.http_client import Answer
from checks.step_03.test_poll_task_status import _require_pace
from checks.verdicts import NotYet


def fragment(trigger: str) -> Answer:
    html = f"<section hx-get='/check-status/1/' hx-trigger='{trigger}'></section>"
    return Answer("GET /check-status/1/", 200, html, 0, url="http://127.0.0.1:20000/")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("500ms", 0.5),
        (".5s", 0.5),
        ("1.5s", 1.5),
        ("1m", 60),
        ("1", 0.001),
        ("1000", 1),
        ("1sec", 0.001),
        ("1min", 0.001),
        ("1S", 0.001),
        ("second", None),
        ("", None),
        ("s", None),
    ],
)
def test_a_time_is_read_as_htmx_reads_it(text: str, seconds: float | None) -> None:
    assert interval_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "trigger",
    [
        "every 1",
        "every 1 s",
        "every 1sec",
        "every 1,5s",
        "every 10ms",
        "load",
        "load delay:1",
        "load, every 1s",
        "every 1m",
        "every 30s",
        "every second",
        "every",
        "every 0s",
    ],
)
def test_a_fragment_that_asks_too_often_or_too_seldom_is_told(trigger: str) -> None:
    with pytest.raises(NotYet) as not_yet:
        _require_pace(fragment(trigger), is_repeated=True)
    assert f'hx-trigger="{trigger}": htmx' in not_yet.value.seen


@pytest.mark.parametrize(
    "trigger",
    [
        "every 1s",
        "every 500ms",
        "every 2s",
        "every 1000",
        "every 1s [document.visibilityState === &quot;visible&quot;, true]",
        "load delay:1s",
        "load delay:700ms",
        "every 1s, click",
        "revealed",
        "click",
    ],
)
def test_about_every_second_is_right(trigger: str) -> None:
    _require_pace(fragment(trigger), is_repeated=True)


def test_a_load_of_the_first_fragment_alone_is_no_repetition() -> None:
    _require_pace(fragment("load, every 1s"), is_repeated=False)


def test_the_fastest_of_two_counts() -> None:
    both = Answer("", 200, fragment("every 1s").text + fragment("every 2").text, 0)
    found = polling(both, is_repeated=True)
    assert found and found.seconds == pytest.approx(0.002)
    assert math.isinf(polling(fragment("every x"), is_repeated=True).seconds)
