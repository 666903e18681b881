"""`python -m tests.versions.newest`: do the steps hold on the newest versions of what they need?

In a copy of the workbook it loosens the Pipfile's `~=` pins, installs the newest that goes
together, and runs the checks of the five steps. What it finds is one sentence each: which package,
which check. The repository's Pipfile and lock stay what they are.
"""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.support.options import carried_out
from tests.versions.grounds import HostGround, NoGround, find_on_this_machine
from tests.versions.rounds import PYTHONS, STEPS, check_step, setup
from tests.versions.workbook_copy import WorkbookCopy, fresh_copy
from workbook.errors import WorkbookError

LOOSE = ("packages", "dev-packages")
INSTALL_SECONDS = 900
ALONE = ("--no-deps",)


@dataclass(frozen=True)
class Change:
    """A package that is newer than the lock has it."""

    name: str
    locked: str
    newest: str

    def __str__(self) -> str:
        return f"{self.name} {self.newest} (locked: {self.locked})"


class Installed(Protocol):
    """What the search for a culprit does with a copy."""

    def install(self, *requirements: str, options: Sequence[str] = ()) -> None:
        """Install packages over those that are there."""


def loosened(pipfile: str) -> list[str]:
    """Return what a Pipfile asks for, as requirements: without `~=`; what is exact stays so."""
    sections = tomllib.loads(pipfile)
    return [
        _requirement(name, wanted)
        for section in LOOSE
        for name, wanted in sections.get(section, {}).items()
    ]


def _requirement(name: str, wanted: str | Mapping[str, Any]) -> str:
    version = wanted if isinstance(wanted, str) else wanted.get("version", "*")
    marker = "" if isinstance(wanted, str) else wanted.get("markers", "")
    pin = version if version.startswith("==") else ""
    return f"{name}{pin}" + (f"; {marker}" if marker else "")


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return the packages whose versions differ, by name."""
    return [
        Change(name, before[name], version)
        for name, version in sorted(after.items())
        if name in before and before[name] != version
    ]


def findings(copy: Installed, changed: list[Change], check: Callable[[int], str]) -> Iterator[str]:
    """Yield a sentence for each step whose checks do not hold: which package, which check.

    `check` runs a step's checks and returns the titles of those that fail, "" where all hold.
    """
    for step in STEPS:
        if not (failing := check(step)):
            continue
        culprit = find_culprit(copy, changed, lambda step=step: not check(step))
        who = str(culprit) if culprit else "No package alone, but the newest of all together"
        yield f"{who}: check {step:02d} fails: {failing}."


def find_culprit(
    copy: Installed, changed: list[Change], holds: Callable[[], bool]
) -> Change | None:
    """Return the package whose locked version makes a check hold again, if it is one alone."""
    for change in changed:
        copy.install(f"{change.name}=={change.locked}", options=ALONE)
        cured = holds()
        copy.install(f"{change.name}=={change.newest}", options=ALONE)
        if cured:
            return change
    return None


def named_first(changed: list[Change], requirements: list[str]) -> list[Change]:
    """Return `changed` with the packages that the Pipfile names before what they brought along."""
    names = [re.split(r"[=;\s]", one)[0].lower() for one in requirements]
    place = {name: number for number, name in enumerate(names)}
    return sorted(changed, key=lambda one: place.get(one.name, len(place)))


def failing_checks(copy: WorkbookCopy, step: int) -> str:
    """Return what fails of a step's checks in the copy, "" where all hold."""
    try:
        check_step(copy, step)
    except (WorkbookError, NoGround) as problem:
        return str(problem)
    return ""


def newest_python() -> HostGround:
    """Return the newest Python of this machine: Django 6.0, say, asks for 3.12."""
    found = (find_on_this_machine(version) for version in reversed(PYTHONS))
    return next((one for one in found if one), HostGround(sys._base_executable))


def main() -> int:
    """Take the newest, look, and say what was found; return 1 if something was."""
    with fresh_copy(newest_python()) as copy:
        print(f"Setting up a copy as the lock says, on {copy.ground.python} …", flush=True)
        setup(copy)
        before = copy.versions()
        requirements = loosened((copy.folder / "Pipfile").read_text(encoding="utf-8"))
        copy.upgrade(*requirements, seconds=INSTALL_SECONDS)
        changed = named_first(changes(before, copy.versions()), requirements)
        print(f"Newer than the lock: {', '.join(map(str, changed)) or 'nothing'}.", flush=True)
        found = 0
        for sentence in findings(copy, changed, lambda step: failing_checks(copy, step)):
            print(sentence, flush=True)
            found += 1
    print("All five steps hold." if not found else f"{found} of the five steps do not hold.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(carried_out(main))
