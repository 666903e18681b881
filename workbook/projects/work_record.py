"""What the tool remembers of `work/`: the base that is in it, and what `reset` kept beside.

Nobody depends on it: a record that is missing, broken or from a newer workbook says nothing, and
what `reset` kept lies beside `work/` all the same. Plain standard library.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from workbook.paths import STATE

NAME = "work.json"
VERSION = 1
NOTHING = ""  # the base of the first step: an empty folder


@dataclass(frozen=True)
class Reset:
    """One call of `reset`: of which file, None for all; where what was there is kept, if it is."""

    file: str | None
    kept: str | None


@dataclass(frozen=True)
class WorkRecord:
    """What `start` put there: the label of the base and of its step, None if unknown.

    `id` is another after each start, so that what is remembered of one project is not taken for
    another's. `resets` are those since, in order.
    """

    base: str | None = None
    resets: tuple[Reset, ...] = ()
    step: str | None = None
    id: str = ""

    def as_json(self) -> dict[str, object]:
        """Return it as what a file may hold."""
        return {"version": VERSION, **asdict(self)}


def record_from(found: object) -> WorkRecord:
    """Return the record that `as_json` made, an empty one for whatever else `found` is."""
    if not isinstance(found, Mapping) or found.get("version") != VERSION:
        return WorkRecord()
    base, step, id_ = found.get("base"), found.get("step"), found.get("id")
    try:
        resets = tuple(Reset(**reset) for reset in found.get("resets") or ())
    except TypeError:
        resets = ()
    if not all(isinstance(one, str | None) for reset in resets for one in asdict(reset).values()):
        resets = ()
    return WorkRecord(
        base if isinstance(base, str) else None,
        resets,
        step if isinstance(step, str) else None,
        id_ if isinstance(id_, str) else "",
    )


def read_record(state: Path = STATE) -> WorkRecord:
    """Return what is remembered below the folder `state`."""
    with contextlib.suppress(OSError, ValueError):
        return record_from(json.loads((state / NAME).read_text(encoding="utf-8")))
    return WorkRecord()


def write_record(record: WorkRecord, state: Path = STATE) -> None:
    """Remember it below the folder `state`, in one go. Raises OSError."""
    new = state / f"{NAME}.new"
    new.write_text(json.dumps(record.as_json()), encoding="utf-8")
    new.replace(state / NAME)
