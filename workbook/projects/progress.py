"""The memory of the checks: what they have said of `work/` so far, step by step, in a file.

It outlives `start`, and nobody depends on it: a file that is missing, broken or half-written says
nothing, and the next run of the checks writes it again. One that a newer workbook wrote is passed
over, and left as it is. Plain standard library: `python3 workbook` alone reads it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from workbook.errors import WorkbookError
from workbook.paths import STATE
from workbook.runtime.file_locks import locked

NAME = "progress.json"
VERSION = 1
LOCK_SECONDS = 2
Held = TypeVar("Held", "Cross", "OpenExercise", "LastRun", "StepProgress")


@dataclass(frozen=True)
class Cross:
    """The first ✗ of a run: the check's id and title, and fields of what it said."""

    check: str
    title: str
    seen: str
    look_at: str
    guide: str
    expected: str = ""  # what an older workbook did not keep


@dataclass(frozen=True)
class OpenExercise:
    """An exercise that is still ☆: its check's id, its title, and what leads on."""

    check: str
    title: str
    lead: str


@dataclass(frozen=True)
class LastRun:
    """A run of a step's checks on the project `work`, an id of WorkRecord, with this `content`.

    `holds` counts the ✓ of its `count` checks. `is_complete`: none was left out, and nobody
    stopped it. `others` are the ✗ after the first. `held` are the ids of the checks that are ✓,
    and `open` those of the ones that are ✗, or wait for one that is.
    """

    work: str
    content: str
    holds: int
    count: int
    is_complete: bool
    cross: Cross | None = None
    exercise: OpenExercise | None = None
    others: tuple[Cross, ...] = ()
    held: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepProgress:
    """What is known of a step or lesson.

    `is_done`: every check held once, in whatever project. `held_in` is the project in which that
    was last so. `stars` are the ids of the exercises done. `were_open` are those of the checks
    that did not hold at some time in the project `open_in`: of the others nobody knows that the
    learner made them hold.
    """

    is_done: bool = False
    held_in: str | None = None
    stars: tuple[str, ...] = ()
    last: LastRun | None = None
    were_open: tuple[str, ...] = ()
    open_in: str | None = None

    def proven_in(self, work: str) -> tuple[str, ...]:
        """Return the ids of the checks that hold in the project `work`, and once did not."""
        if not self.last or self.last.work != work or self.open_in != work:
            return ()
        return tuple(id for id in self.last.held if id in self.were_open)

    def unproven_in(self, work: str, held: Collection[str]) -> frozenset[str]:
        """Return those of the checks that hold in the project `work` of which nobody knows more.

        They were never open there. Once every check has held there, none is left: what is true
        of an empty project counts as soon as the rest is true too.
        """
        if self.held_in == work:
            return frozenset()
        return frozenset(held).difference(self.were_open if self.open_in == work else ())


@dataclass(frozen=True)
class Progress:
    """What is known, by the labels of steps and lessons; `latest` was checked last."""

    steps: Mapping[str, StepProgress] = field(default_factory=dict)
    latest: str | None = None

    def of(self, label: str) -> StepProgress:
        """Return what is known of a step or lesson."""
        return self.steps.get(label, StepProgress())


def after_run(before: StepProgress, run: LastRun, is_done: bool, stars: set[str]) -> StepProgress:
    """Return what is known after a run of all or some of the checks.

    Some that hold prove nothing of the others: what was known of those stays.
    """
    says_more = run.is_complete or run.cross is not None
    return StepProgress(
        before.is_done or is_done,
        run.work if is_done else before.held_in,
        tuple(sorted({*before.stars, *stars})),
        run if says_more else before.last,
        tuple(sorted({*(before.were_open if before.open_in == run.work else ()), *run.open})),
        run.work,
    )


def read_progress(state: Path = STATE) -> Progress:
    """Return what is remembered below the folder `state`; nothing where that can't be read."""
    try:
        found = json.loads((state / NAME).read_text(encoding="utf-8"))
        return _progress(found) if found["version"] == VERSION else Progress()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Progress()


def remember(label: str, run: LastRun, is_done: bool, stars: set[str], state: Path = STATE) -> None:
    """Remember a run of a step's checks. That nothing can be written is no error."""
    with contextlib.suppress(OSError, WorkbookError):
        state.mkdir(exist_ok=True)
        with locked(state / "progress.lock", LOCK_SECONDS):
            if not _is_newer(state / NAME):
                known = read_progress(state)
                step = after_run(known.of(label), run, is_done, stars)
                _write(Progress({**known.steps, label: step}, label), state)


def _write(progress: Progress, state: Path) -> None:
    new = state / f"{NAME}.new"
    new.write_text(json.dumps({"version": VERSION, **asdict(progress)}), encoding="utf-8")
    new.replace(state / NAME)


def _is_newer(file: Path) -> bool:
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["version"]) > VERSION
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False


def _progress(found: Mapping[str, Any]) -> Progress:
    latest = found.get("latest")
    steps = {str(label): _step(one) for label, one in found["steps"].items()}
    return Progress(steps, latest if isinstance(latest, str) else None)


def _step(found: Mapping[str, Any]) -> StepProgress:
    last = found["last"]
    if last is not None:
        cross, exercise = last["cross"], last["exercise"]
        last = _checked(
            LastRun(
                **{
                    **last,
                    "cross": None if cross is None else _checked(Cross(**cross)),
                    "exercise": None if exercise is None else _checked(OpenExercise(**exercise)),
                    "others": tuple(_checked(Cross(**one)) for one in last.get("others", ())),
                    "held": _ids(last.get("held", ())),
                    "open": _ids(last.get("open", ())),
                }
            )
        )
    ids = {"stars": _ids(found["stars"]), "were_open": _ids(found.get("were_open", ()))}
    return _checked(StepProgress(**{**found, "last": last, **ids}))


def _ids(found: Iterable[object]) -> tuple[str, ...]:
    ids = tuple(found)
    if not all(isinstance(id, str) for id in ids):
        raise TypeError("an id is no string")
    return cast("tuple[str, ...]", ids)


# What JSON may hold of each kind of field; a subclass of dataclass has been looked at by then.
_KINDS = {"str": str, "int": int, "bool": bool, "str | None": str | None}


def _checked(one: Held) -> Held:
    """Return a dataclass as it is. Raises TypeError where a field holds another kind of thing."""
    for own in fields(one):
        kind = _KINDS.get(str(own.type))
        if kind and not isinstance(getattr(one, own.name), kind):
            raise TypeError(f"{own.name} is no {own.type}")
    return one
