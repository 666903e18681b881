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
    """The label of the base that `start` put there, None if unknown; the resets since, in order."""

    base: str | None = None
    resets: tuple[Reset, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return it as what a file may hold."""
        return {"version": VERSION, **asdict(self)}


def record_from(found: object) -> WorkRecord:
    """Return the record that `as_json` made, an empty one for whatever else `found` is."""
    if not isinstance(found, Mapping) or found.get("version") != VERSION:
        return WorkRecord()
    base, resets = found.get("base"), found.get("resets")
    try:
        known = tuple(Reset(**reset) for reset in resets or ())
    except TypeError:
        known = ()
    texts = [text for reset in known for text in (reset.file, reset.kept) if text is not None]
    if not all(isinstance(text, str) for text in texts):
        known = ()
    return WorkRecord(base if isinstance(base, str) else None, known)


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
