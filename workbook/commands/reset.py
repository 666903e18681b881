"""`reset`: a file of `work/`, or all of it, as the base of the step has it; and back again."""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT, WORK
from workbook.projects.lessons import find_lesson
from workbook.projects.replacement import Replacement, reason, settle
from workbook.projects.scope import COMPILED_FOLDER, WHOLE, Scope, is_data, is_database
from workbook.projects.step_detection import last_step
from workbook.projects.steps import Step, all_steps, find_step, step_named
from workbook.projects.work_record import NOTHING, Reset, WorkRecord, read_record
from workbook.runtime.run_records import running_in


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = (
        "Put a file of work/ back to what the step began with, or all of work/;"
        " what was there is kept beside. It never touches .env or a database."
    )
    parser.add_argument("file", nargs="?", help="such as config/settings.py; default: all files")
    parser.add_argument("--step", help="whose base it is; default: of what start put there last")
    parser.add_argument("--undo", action="store_true", help="bring back what the last reset kept")


@dataclass(frozen=True)
class Base:
    """What a step begins with, None for an empty folder, and how it was chosen."""

    step: Step | None
    why: str
    advice: str = ""

    @property
    def title(self) -> str:
        """What a sentence calls it."""
        return f"the finished {self.step.title}" if self.step else "the empty folder of step 01"


def handle(options: argparse.Namespace) -> int:
    """Reset what is named, or undo the last reset; return the exit code.

    Raises WorkbookError where there is no `work/`, for a file that can't be reset, where the base
    is hard to tell, and where the disk can't be written: `work/` is as it was then.
    """
    typed_in = current_folder()
    settle()
    require_folder()
    if options.undo:
        if options.file or options.step:
            raise WorkbookError(f"--undo stands alone: {tool_command()} reset --undo")
        act = undo
    else:
        base = chosen_base(options.step, options.file)
        file = path_in_work(options.file, typed_in) if options.file is not None else None
        act = partial(reset, base, file)
    os.chdir(ROOT)  # on Windows a process's working folder can't be removed
    try:
        with Replacement().taking_turns():
            lines = act()
    except (OSError, shutil.Error) as problem:
        raise WorkbookError(
            f"{WORK.name}/ could not be changed: {reason(problem)}.\n"
            "It is as it was. Make the folder writable, end what has a file open there, then call"
            " again."
        ) from problem
    print("\n".join(lines))
    return 0


def current_folder() -> Path:
    """Return the folder that the call was typed in, the workbook's where that one is gone."""
    try:
        return Path.cwd()
    except OSError:
        return ROOT


def require_folder() -> None:
    """Raise WorkbookError where `work/` is not a folder of its own."""
    if WORK.is_symlink():
        raise WorkbookError(
            f"work/ is a link to {WORK.readlink()}, and reset changes no folder elsewhere.\n"
            f"For a clean base in a work/ of its own: {tool_command()} start STEP"
        )
    if not WORK.is_dir():
        raise WorkbookError(
            f"There is no work/ to reset. Begin one with: {tool_command()} start 01"
        )


def chosen_base(named: str | None, file: str | None) -> Base:
    """Return the base of the step that is named, else the one that `work/` began with.

    Raises WorkbookError where that is hard to tell.
    """
    if named is not None:
        step = find_lesson(named)
        return Base(step.base, f"the base of {step.title}")
    seen = last_step(WORK)
    known = read_record().base
    if known is not None and (known == NOTHING or step_named(known)):
        base = find_step(known) if known else None
        number = base.number if base else 0
        advice = ""
        if seen is not None and seen > number + 1:
            call = " ".join(filter(None, [tool_command(), "reset", file, f"--step {seen:02d}"]))
            advice = f"work/ looks like step {seen:02d} by now. For its base: {call}"
        return Base(base, "which start put there last", advice)
    if seen is None:
        raise WorkbookError(
            "Nothing tells which base work/ began with, and it looks like several steps at once.\n"
            f"Name the step that you are at: {tool_command()} reset --step 03"
        )
    base = next((step for step in all_steps() if step.number == seen - 1), None)
    return Base(base, f"because work/ looks like step {seen:02d}")


def path_in_work(text: str, typed_in: Path) -> str:
    """Return a file's path in `work/`, however it was typed in the folder `typed_in`.

    Raises WorkbookError for what is outside, a link, a folder, or data that reset leaves alone.
    """
    work = WORK.resolve()
    names = [typed_in / text, ROOT.resolve() / text, work / text]
    places = [Path(os.path.normpath(name)) for name in names]
    if work in places:
        raise WorkbookError(f"“{text}” is all of work/. For that: {tool_command()} reset")
    place = next((one for one in places if one.is_relative_to(work)), None)
    if place is None:
        raise WorkbookError(
            f"“{text}” is outside work/, and reset changes nothing there.\n"
            f"Name a file of your project: {tool_command()} reset config/settings.py"
        )
    path = place.relative_to(work)
    shown = path.as_posix()
    for above in [path, *path.parents][:-1]:
        if (work / above).is_symlink():
            raise WorkbookError(
                f"{above.as_posix()} is a link in your project. reset follows none."
            )
        if above != path and (work / above).exists() and not (work / above).is_dir():
            raise WorkbookError(
                f"{above.as_posix()} is a file in your project, so that {shown} can't be put there."
                " Move it away first."
            )
    if is_database(place):
        raise WorkbookError(f"{shown} is a database, or belongs to one: reset never touches those.")
    if any(is_data(work / part) for part in [path, *path.parents][:-1]):
        raise WorkbookError(f"{shown} is yours alone: no step brings it, and reset leaves it.")
    if place.is_dir():
        raise WorkbookError(
            f"{shown} is a folder. Name a file, or put all of work/ back: {tool_command()} reset"
        )
    return shown


def reset(base: Base, file: str | None) -> list[str]:
    """Put `file`, or all of `work/`, back to `base`; return what to tell."""
    # That a rest of it can't be removed is no reason to say that nothing was changed.
    with tempfile.TemporaryDirectory(
        prefix="workbook-reset-", ignore_cleanup_errors=True
    ) as temporary:
        clean = Path(temporary) / "base"
        if base.step:
            base.step.copy_to(clean)
        else:
            clean.mkdir()
        if file is not None:
            file = name_in_base(file, base, clean)
        shown = file or "work/"
        scope = Scope(file, spares_data=file is None)
        if is_same(clean, scope):
            said = [f"{shown} is as in {base.title}, {base.why}. Nothing was changed."]
            return [*said, *filter(None, [base.advice])]
        replacement = Replacement(scope=scope, verb="reset")
        kept = replacement.run(partial(copy_part, clean, scope), after_reset(file))
    lines = [f"{shown} is again as in {base.title}, {base.why}.", *kept.sentences]
    if file is None:
        lines.append("Your .env and your databases stay as they are.")
    lines += restart_lines()
    lines.append(f"To take it back: {tool_command()} reset --undo")
    return [*lines, *filter(None, [base.advice])]


def undo() -> list[str]:
    """Bring back what the last reset kept; return what to tell.

    Raises WorkbookError where there is nothing to bring back.
    """
    record = read_record()
    if not record.resets:
        raise WorkbookError(
            "There is no reset to undo: none was made since the last start. What start and reset"
            " replace is kept beside work/, in folders called work.DATE."
        )
    last = record.resets[-1]
    source = WORK.with_name(Path(last.kept).name) if last.kept else None
    if source and not source.is_dir():
        raise WorkbookError(f"{source.name}/ is gone, where the last reset kept what was there.")
    if last.file is not None:
        path_in_work(last.file, WORK.resolve())
    scope = Scope(last.file, spares_data=last.file is None)
    kept = Replacement(scope=scope, verb="undo").run(
        partial(copy_part, source, scope),
        lambda _kept: replace(record, resets=record.resets[:-1]),
    )
    lines = [f"{last.file or 'work/'} is as it was before the last reset.", *kept.sentences]
    return [*lines, *restart_lines()]


def after_reset(file: str | None) -> Callable[[str | None], WorkRecord]:
    """Return what tells the record with one reset more from where things were kept."""
    record = read_record()
    return lambda kept: replace(record, resets=(*record.resets, Reset(file, kept)))


def copy_part(source: Path | None, scope: Scope, folder: Path) -> None:
    """Make `folder` what `source` has of a scope, empty where there is no source."""
    folder.mkdir()
    if source is None:
        return
    if scope.file is None:
        shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)
        return
    for above in reversed(PurePosixPath(scope.file).parents[:-1]):
        (folder / above).mkdir()
        # The folder that it is copied from goes on as it is.
        shutil.copystat(WORK / above if (WORK / above).is_dir() else source / above, folder / above)
    if os.path.lexists(source / scope.file):
        shutil.copy2(source / scope.file, folder / scope.file, follow_symlinks=False)


def name_in_base(file: str, base: Base, clean: Path) -> str:
    """Return the file as the base spells it. Raises WorkbookError where it has no such file."""
    names = files_below(clean, WHOLE)
    if file in names:
        return file
    # A file system may not tell capital letters from small ones.
    if os.path.lexists(clean / file):
        return next((name for name in names if name.casefold() == file.casefold()), file)
    ends = [name for name in names if name.endswith(f"/{PurePosixPath(file).name}")]
    near = ends or get_close_matches(file, names, n=1)
    what = [f"Did you mean {near[0]}?"] if near else []
    lines = [f"{file} is not in {base.title}, {base.why}.", *what]
    lines.append(f"To put all of work/ back, and your own files beside it: {tool_command()} reset")
    raise WorkbookError("\n".join(lines))


def is_same(clean: Path, scope: Scope) -> bool:
    """Tell whether `work/` has of a scope what `clean` has, byte for byte."""
    names = files_below(clean, scope)
    if names != files_below(WORK, scope):
        return False
    return all(filecmp.cmp(clean / name, WORK / name, shallow=False) for name in names)


def files_below(folder: Path, scope: Scope) -> list[str]:
    """Return the files of a scope below a folder, relative to it, without what Python compiled."""
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return [name for entry in entries for name in _files_at(entry, folder, scope)]


def _files_at(entry: Path, root: Path, scope: Scope) -> list[str]:
    if not scope.holds(entry, root) or entry.name == COMPILED_FOLDER:
        return []
    if entry.is_dir() and not entry.is_symlink():
        return [name for inner in sorted(entry.iterdir()) for name in _files_at(inner, root, scope)]
    return [entry.relative_to(root).as_posix()]


def restart_lines() -> list[str]:
    """Return a line on what runs in `work/` with the code of before, if something does."""
    try:
        run = running_in(WORK.resolve())
    except WorkbookError:  # the change is made by now: that this can't be told is no failure of it
        return ["If your project runs, its worker has the old code: restart it."]
    if run is None:
        return []
    record, _ = run
    return [f"Your project runs (process {record.pid}). Its worker has the old code: restart it."]
