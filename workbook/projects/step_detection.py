"""Which step a learner's project looks like, judged by what its files say, without running it."""

from __future__ import annotations

import re
from pathlib import Path

from workbook.projects.content import files_of
from workbook.projects.copying import noise_in

# What a project must hold somewhere in its Python files once a step is done.
MARKS = {
    1: (r"\bCelery\(", r"django_celery_results", r"django_celery_beat"),
    2: (r"def send_status\b", r"send_status\.(delay|apply_async)|send_status\.s\("),
    3: (r"<uuid:|AsyncResult",),
    4: (r"ProtocolTypeRouter", r"class \w+\(.*Consumer\)"),
    5: (r"send_status_periodically",),
}


def describe(folder: Path) -> str:
    """Return a sentence on how far the project in `folder` has come."""
    text = python_text(folder)
    if not text:
        return "there, without a Python file yet: the beginning of step 01"
    done = steps_done(text)
    if not done:
        return "a project in the midst of step 01 (no Celery app with results and beat yet)"
    last = done[-1]
    gaps = gaps_in(done)
    if gaps:
        missed = ", ".join(f"{step:02d}" for step in gaps)
        return f"hard to tell: it has marks of step {last:02d}, but lacks those of {missed}"
    return f"looks like step {last:02d}, finished or nearly so"


def last_step(folder: Path) -> int | None:
    """Return the number of the step that the project in `folder` looks like.

    One that is half-way through step 01 looks like step 01. None: hard to tell.
    """
    done = steps_done(python_text(folder))
    return None if gaps_in(done) else max(done, default=1)


def steps_done(text: str) -> list[int]:
    """Return the steps whose marks are all in `text`."""
    return [step for step, marks in MARKS.items() if all(re.search(mark, text) for mark in marks)]


def gaps_in(done: list[int]) -> list[int]:
    """Return the steps that are missing before the last one."""
    return [step for step in range(1, max(done, default=1)) if step not in done]


def python_text(folder: Path) -> str:
    """Return all Python files of a project as one text, without comments of a whole line."""
    is_noise = noise_in(folder / ".gitignore")
    lines = []
    for path in files_of(folder):
        if path.suffix == ".py" and not any(map(is_noise, path.relative_to(folder).parts)):
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
