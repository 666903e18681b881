"""A setting of Celery's with a slip in its name: Celery ignores it, without a word."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from checks.verdicts import NotYet

SETTINGS = "config/settings.py"
ABOUT_SETTINGS = re.compile(rf"{re.escape(SETTINGS)}(?:, ([A-Z_]+))?(?=:|$)")
ASSIGNED = re.compile(r"^(CELERY_\w+)\s*=", re.MULTILINE)
# How alike two names are of which one is a slip, by difflib: a letter of ten, or two of twenty.
LIKENESS = 0.94


@dataclass(frozen=True)
class Misspelt:
    """A name in the settings that Celery doesn't know, its line, and the one that is meant."""

    name: str
    line: int
    meant: str

    def __str__(self) -> str:
        return (
            f"{SETTINGS}, line {self.line}: {self.name} is none of Celery's settings. "
            f"Is {self.meant} meant?"
        )


def find_misspelt(project: Path) -> Misspelt | None:
    """Return the first setting of the project in the folder `project` that looks like a slip."""
    try:
        text = (project / SETTINGS).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    known = _known_names()
    assigned = {
        match[1]: text.count("\n", 0, match.start()) + 1 for match in ASSIGNED.finditer(text)
    }
    for name, line in assigned.items():
        if name in known:
            continue
        meant = difflib.get_close_matches(name, known - assigned.keys(), n=1, cutoff=LIKENESS)
        if meant:
            return Misspelt(name, line, meant[0])
    return None


def lead_to_misspelt(not_yet: NotYet, project: Path) -> None:
    """Let a ✗ that is about the settings name the one with a slip, if there is one.

    One that names a line, or another setting, knows better.
    """
    named = ABOUT_SETTINGS.match(not_yet.look_at)
    if named and (found := find_misspelt(project)) and named[1] in (None, found.meant):
        not_yet.look_at = str(found)


def _known_names() -> set[str]:
    from celery.app.defaults import NAMESPACES, flatten

    return {f"CELERY_{name.upper()}" for name, _ in flatten(NAMESPACES)}
