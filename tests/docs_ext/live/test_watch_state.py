"""How far the watcher is, from the lines that it prints."""

import json

import pytest

from docs_ext.live.watch_state import WatchState, after_line

SAID = {
    "seen": "no\nbutton",
    "look_at": "a.html",
    "guide": "02, Make an app",
    "expected": "a button",
}


def line(event: str, **fields: object) -> str:
    """Return a line as the watcher writes it."""
    return json.dumps({"event": event, **fields})


def after(*lines: str) -> WatchState:
    """Return the state of a watcher of step 02 after these lines."""
    state = WatchState("02")
    for one in lines:
        state = after_line(state, one)
    return state


def test_the_events_of_a_run_tell_how_far_it_is_without_the_exercise() -> None:
    state = after(
        line("Begun", is_second=False),
        line("Listed", ids=["a", "b", "checks/step_02/test_your_turn.py::c"]),
        line("Asking", id="a", title="A first check"),
        line("Told", id="a", mark="✓"),
        "something that a library printed",
        line("Told", id="checks/step_02/test_your_turn.py::c", mark="★"),
        line("Ended", lines=[]),
    )
    assert state == WatchState("02", count=2, told=1, holds=1, asking="A first check")


def test_the_first_cross_of_a_run_is_known_before_its_end() -> None:
    cross = line("Told", id="b", mark="✗", title="The page has a button", not_yet=SAID)
    state = after(line("Begun", is_second=False), cross, cross.replace("button", "form"))
    assert state.cross
    assert state.cross.title == "The page has a button"
    assert (state.cross.seen, state.cross.expected) == ("no button", "a button")
    assert state.cross.href == "/02-create-and-execute-tasks.html#make-an-app"
    assert (state.told, state.holds) == (2, 0)


def test_another_run_begins_at_nothing_and_a_rest_ends_it() -> None:
    told = line("Told", id="a", mark="✓")
    assert after(told, line("Begun", is_second=True)) == WatchState("02", is_second=True)
    rests = after(told, line("Rests", problem="There is no manage.py."))
    assert rests == WatchState("02", goes_on=False, problem="There is no manage.py.")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "3", '{"event": "Told"}', '{"event": []}', '{"event": "Begun"}'],
)
def test_what_is_no_event_changes_nothing(text: str) -> None:
    assert after(text) == WatchState("02")
