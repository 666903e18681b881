"""The events of a run of checks, and their form as lines of JSON that another process reads.

`--verdict-lines` writes them, `check --watch` reads them, and passes them on to the guide. Nothing
of pytest is imported here.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from checks.verdicts import NotYet


@dataclass(frozen=True)
class Listed:
    """The checks that are asked, in the guide's order; `problem` says why none can be told."""

    ids: list[str]
    headline: str
    remark: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Asking:
    """A check is being looked at."""

    id: str
    title: str


@dataclass(frozen=True)
class Told:
    """What one check came to: see `Verdict`, whose fields these are."""

    id: str
    mark: str
    title: str
    reason: str = ""
    not_yet: NotYet | None = None
    broke: bool = False
    lacks: bool = False
    waits: bool = False
    unfit: bool = False


@dataclass(frozen=True)
class Ended:
    """Every check was asked. `lines` say what to do next, as below the checks of a single run."""

    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Begun:
    """A watcher begins a run; `is_second`: from cold, after a green from warm processes."""

    is_second: bool = False


@dataclass(frozen=True)
class Rests:
    """A watcher waits for the next save; `problem` says why the last run told nothing."""

    problem: str = ""


Event = Listed | Asking | Told | Ended | Begun | Rests
KINDS = {kind.__name__: kind for kind in (Listed, Asking, Told, Ended, Begun, Rests)}


def to_line(event: Event) -> str:
    """Return an event as one line of JSON, in ASCII: no code page changes it."""
    return json.dumps({"event": type(event).__name__, **asdict(event)})


def from_line(line: str) -> Event | None:
    """Return the event of a line, None for one that is none: a library may print as well."""
    try:
        told: dict[str, Any] = json.loads(line)
        kind = KINDS[told.pop("event")]
        if told.get("not_yet"):
            told["not_yet"] = NotYet(**told["not_yet"])
        return kind(**told)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
