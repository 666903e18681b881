"""Solutions of the exercises: ours, which lie beside the checks as patches, and others'."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.edited_projects import Edit, Variant, edited_copy, exercise_on
from tests.support.forked_pytest import PytestOutput
from workbook.paths import ROOT
from workbook.projects.patches.patch import apply_patches, load_patch

DONE, OPEN = "★", "☆"
BEAT = "celery -A config beat --loglevel=info"
WEB = "python manage.py runserver $PORT"
# Nobody looks at beat, nor at the page of steps 01 and 02: two Djangos less to start.
NO_BEAT = Edit("Procfile", BEAT, 'python -c "import time; time.sleep(99)"')
NO_WEB = Edit("Procfile", WEB, "python -m http.server $PORT --bind 127.0.0.1")
LIGHT = {1: (NO_WEB, NO_BEAT), 2: (NO_WEB, NO_BEAT), 3: (NO_BEAT,), 4: (NO_BEAT,), 5: (NO_BEAT,)}


class Solution(Variant):
    """What a reader made of an exercise. `words` lead on from a wrong one; none: it is right.

    `is_ours` begins with our own solution; else with the snapshot.
    """

    def __init__(
        self, name: str, *edits: Edit, words: tuple[str, ...] = (), is_ours: bool = False
    ) -> None:
        super().__init__(name, *edits)
        self.words, self.is_ours = words, is_ours


def lay_solution(step: int, solution: Solution, folder: Path) -> Path:
    """Lay the snapshot of a step with a solution into `folder`, light to start."""
    project = edited_copy(step, (), folder)
    if solution.is_ours:
        apply_ours(step, project)
    for edit in (*LIGHT[step], *solution.edits):
        edit.apply(project)
    return project


def apply_ours(step: int, project: Path) -> None:
    """Apply our own solution."""
    apply_patches([load_patch(ROOT / f"checks/step_{step:02d}/your_turn.patch")], project)


def each_is_told(step: int, solutions: Iterable[Solution]) -> Callable[..., None]:
    """Return a test of solutions: ★ is said of a right one, ☆ and words that lead on of another."""

    @pytest.mark.parametrize("solution", solutions, ids=str)
    def test(solution: Solution, tmp_path: Path) -> None:
        said = exercise_on(step, lay_solution(step, solution, tmp_path))
        assert line_of(said).startswith(OPEN if solution.words else DONE), said.text
        assert "✗" not in said.text, said.text
        assert said.code == 0, said.text
        missing = [word for word in solution.words if word not in line_of(said)]
        assert not missing, f"not said: {missing}\n{said.text}"
        if not solution.edits and not solution.is_ours:
            # Where the page quotes what is said of who has not begun, it is the same words.
            page = next((ROOT / "docs").glob(f"{step:02d}-*.md")).read_text(encoding="utf-8")
            quotes = f"{OPEN} Your turn" in page
            assert not quotes or line_of(said) in " ".join(page.split()), said.text

    return test


def line_of(said: PytestOutput) -> str:
    """Return what was said of the exercise, in one line; empty if nothing was."""
    found = re.search(f"[{DONE}{OPEN}] Your turn.*", said.flat)
    return found[0] if found else ""
