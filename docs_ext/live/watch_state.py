"""How far the watcher is, from the lines that it prints."""

import json
from dataclasses import dataclass, replace
from typing import Any

from docs_ext.live.crosses import ShownCross, shown
from workbook.projects.progress import Cross

HOLDS, NOT_YET = "✓", "✗"
EXERCISE = "test_your_turn.py"  # its check is none of those that a step is done by


@dataclass(frozen=True)
class WatchState:
    """A watcher of a step's checks: whether a run goes on, and how far it is.

    `told` of `count` checks have their verdict, `holds` of them hold; `asking` is the title of the
    next one. `is_second`: every check held, and all are asked once more from a cold start. `cross`
    is the first ✗ that this run told. `problem` says why the last run told nothing.
    """

    label: str
    goes_on: bool = True
    is_second: bool = False
    count: int = 0
    told: int = 0
    holds: int = 0
    asking: str = ""
    cross: ShownCross | None = None
    problem: str = ""


def after_line(state: WatchState, line: str) -> WatchState:
    """Return the state after a line of the watcher; as it was for one that tells nothing."""
    try:
        event: dict[str, Any] = json.loads(line)
        return _after(state, event["event"], event)
    except (ValueError, KeyError, TypeError, AttributeError):
        return state


def _after(state: WatchState, kind: str, event: dict[str, Any]) -> WatchState:
    if kind == "Begun":
        return WatchState(state.label, is_second=bool(event["is_second"]))
    if kind == "Rests":
        return WatchState(state.label, goes_on=False, problem=str(event["problem"]))
    if kind == "Listed":
        return replace(state, count=sum(EXERCISE not in one for one in event["ids"]))
    if kind == "Asking":
        return replace(state, asking=str(event["title"]))
    if kind == "Told" and EXERCISE not in event["id"]:
        cross = state.cross
        if event["mark"] == NOT_YET and cross is None:
            cross = _cross(event)
        holds = state.holds + (event["mark"] == HOLDS)
        return replace(state, told=state.told + 1, holds=holds, cross=cross)
    return state


def _cross(event: dict[str, Any]) -> ShownCross:
    said = event["not_yet"]
    names = ("seen", "look_at", "guide", "expected")
    fields = (" ".join(str(said[name]).split()) for name in names)
    return shown(Cross(event["id"], event["title"], *fields))
