"""The contents of a folder replaced by a new project's, and what was there kept beside it.

`start` replaces all of it, `reset` a part: the scope.

The folder itself stays, and so do those of its folders that the new project has as well: a terminal
that is in one of them sees the new project. What was there is copied first. Only once that copy is
complete is anything taken away, file by file, and only what is the same as in the copy: what was
written meanwhile is put aside instead.

A file on disk, the journal, says which replacement goes on. Where a call was killed, the next one
finds it and goes on from there; every step may be done a second time.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
import signal
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import STATE, WORK
from workbook.projects.scope import WHOLE, Scope
from workbook.projects.work_record import WorkRecord, record_from, write_record
from workbook.runtime.file_locks import locked
from workbook.runtime.signals import EXIT_CODES, handled

LOCK_SECONDS = 30


@dataclass(frozen=True)
class Journal:
    """What is to be done: `kept` names the folder beside, if there is something to keep.

    `was_folder` is False for a link or a file, which is renamed and not copied. `was_there` is
    False where there was nothing. `is_undone`: the replacement failed, and all goes back. `scope`
    has the fields of a Scope, `record` is what to remember in the end, and `verb` began it.
    """

    kept: str | None
    was_folder: bool
    was_there: bool
    is_undone: bool = False
    scope: dict[str, object] = field(default_factory=dict)
    record: dict[str, object] = field(default_factory=dict)
    verb: str = "start"


@dataclass(frozen=True)
class KeptFolders:
    """Where things are after a replacement: what was there, and what was written during it."""

    contents: Path | None = None
    unsaved: Path | None = None

    @property
    def sentences(self) -> list[str]:
        """A sentence for each that there is."""
        said = [f"What was there is kept in {self.contents.name}/."] if self.contents else []
        if self.unsaved:
            said.append(f"What was written to it meanwhile is in {self.unsaved.name}/.")
        return said


@dataclass(frozen=True)
class Replacement:
    """The replacement of what is in the folder `work`; its own files are below `state`.

    Both must be on one disk. At most one may go on at a time: hold `taking_turns`. A `scope` that
    is not all of it asks for a `work` that is a folder.
    """

    work: Path = WORK
    state: Path = STATE
    scope: Scope = WHOLE
    verb: str = "start"

    @property
    def _journal(self) -> Path:
        return self.state / "replacement.json"

    @property
    def _new(self) -> Path:
        return self.state / "new-work"

    @property
    def _copy(self) -> Path:
        return self.state / "copy-of-work"

    @property
    def is_interrupted(self) -> bool:
        """Whether a call was killed half-way, or another one is running."""
        return self._journal.is_file()

    def taking_turns(self) -> contextlib.AbstractContextManager[None]:
        """Return a block that no other call is in. Raises WorkbookError after LOCK_SECONDS."""
        self.state.mkdir(exist_ok=True)
        return locked(self.state / "start.lock", LOCK_SECONDS)

    def run(
        self,
        make: Callable[[Path], None],
        remember: Callable[[str | None], WorkRecord] | None = None,
    ) -> KeptFolders:
        """Put what `make` makes in the folder that it is given into `work`; return what is kept.

        `remember` is given the name of the folder beside, if there is one, and returns what is to
        be remembered of `work` once that is done.

        Raises OSError where that fails; what was in `work` is in it then. Raises WorkbookError
        where even that failed: the next call goes on with it.
        """
        try:
            for folder in (self._new, self._copy):
                _discard(folder)
            make(self._new)
            journal = self._plan()
            if remember:
                journal = replace(journal, record=remember(journal.kept).as_json())
            if journal.kept and journal.was_folder:
                _copy_whole(self.work, self._copy, self.scope)
            self._write(journal)
        except BaseException:
            self._forget()
            raise
        # From here on it takes a moment, and half of it would be of no use.
        with handled(dict.fromkeys(EXIT_CODES, signal.SIG_IGN)):
            return self._finish_or_undo(journal)

    def _finish_or_undo(self, journal: Journal) -> KeptFolders:
        try:
            return self._finish(journal)
        except OSError as problem:
            try:
                self._write(replace(journal, is_undone=True))
                self._undo(journal)
            except OSError as second:
                raise WorkbookError(
                    f"{self.work} is half replaced: {reason(problem)}, and then {reason(second)}.\n"
                    + (f"All that was in it is in {journal.kept}/. " if journal.kept else "")
                    + "Make the folder writable, end what uses it, then call again."
                ) from second
            raise

    def resume(self) -> str:
        """Finish what a killed call began, or undo it if it had failed; return a sentence.

        Raises OSError where that fails, and WorkbookError where its journal can't be read.
        """
        journal, scope = self._read()
        begun = replace(self, scope=scope)
        if journal.is_undone:
            kept, said = begun._undo(journal), f"failed half-way: {self.work.name}/ is as it was."
        else:
            kept, said = begun._finish(journal), "was killed half-way, and is finished now."
        return " ".join([f"An earlier {journal.verb} {said}", *kept.sentences])

    def _plan(self) -> Journal:
        """Return what is to be done for what is in `work` now."""
        was_there = os.path.lexists(self.work)
        was_folder = _is_folder(self.work)
        is_empty = not was_there or (was_folder and not self._has_any())
        addition = "" if self.scope == WHOLE else f"-{self.verb}"
        kept = None if is_empty else free_name(self.work, datetime.now(), addition).name
        return Journal(kept, was_folder, was_there, scope=asdict(self.scope), verb=self.verb)

    def _has_any(self) -> bool:
        """Tell whether anything in `work` is of the part that is replaced."""
        if self.scope.file is not None:
            return os.path.lexists(self.work / self.scope.file)
        return any(self.scope.holds(entry, self.work) for entry in self.work.iterdir())

    def _kept(self, journal: Journal) -> Path | None:
        return self.work.with_name(journal.kept) if journal.kept else None

    def _finish(self, journal: Journal) -> KeptFolders:
        kept = self._kept(journal)
        if kept and os.path.lexists(self._copy):
            self._copy.rename(kept)
        elif kept and not journal.was_folder and not os.path.lexists(kept):
            self.work.rename(kept)
        self.work.mkdir(exist_ok=True)
        unsaved = self._fill(self._new, kept if journal.was_folder else None)
        if journal.record:
            write_record(record_from(journal.record), self.state)
        self._forget()
        return KeptFolders(kept, unsaved)

    def _undo(self, journal: Journal) -> KeptFolders:
        kept, unsaved = self._kept(journal), None
        if journal.was_folder:
            # Without the copy beside it, nothing was taken away yet.
            if kept is None or os.path.lexists(kept):
                unsaved = self._fill(kept, self._new)
            if kept and os.path.lexists(kept):
                # In one step: what is half discarded must not be taken for what was there.
                kept.rename(self._copy)
        else:
            if _is_folder(self.work):
                unsaved = self._fill(None, self._new)
                self.work.rmdir()
            if kept and os.path.lexists(kept):
                kept.rename(self.work)
        self._forget()
        return KeptFolders(None, unsaved)

    def _fill(self, wanted: Path | None, known: Path | None) -> Path | None:
        """Make the contents of `work` those of `wanted` (None: nothing); `known` has the others.

        Return the folder with what is in neither, if there is any.
        """
        aside = free_name(self.work, datetime.now(), "-unsaved")
        FolderSync(self.work, wanted, known, self.state / "draft", aside, self.scope).run()
        return aside if aside.exists() else None

    def _read(self) -> tuple[Journal, Scope]:
        """Return the journal and its scope. Raises WorkbookError for one that can't be read."""
        try:
            journal = Journal(**json.loads(self._journal.read_text(encoding="utf-8")))
            return journal, Scope(**journal.scope)  # type: ignore[arg-type]  # its fields
        except (ValueError, TypeError) as problem:
            raise WorkbookError(
                f"An earlier call was killed, and {self._journal}, which tells how to finish it, "
                f"can't be read: {problem}.\n"
                f"The power may have failed, or a newer workbook wrote it. {self.work} and the "
                "newest work.… beside it stay as they are; all that was there is in one of them. "
                "Remove that file, then call again."
            ) from problem

    def _write(self, journal: Journal) -> None:
        new = self._journal.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(journal)))
            file.flush()
            os.fsync(file.fileno())  # else a power failure might leave an empty one in its place
        new.replace(self._journal)

    def _forget(self) -> None:
        # First the journal: without it the rest means nothing, and the next start clears it.
        self._journal.unlink(missing_ok=True)
        for folder in (self._new, self._copy):
            with contextlib.suppress(OSError):
                _discard(folder)


@dataclass(frozen=True)
class FolderSync:
    """A folder `root` whose contents become those of `wanted`; None stands for an empty folder.

    What goes must be the same in `known` or in `wanted`. What is not is put into `aside`. What the
    scope does not hold stays.
    """

    root: Path
    wanted: Path | None
    known: Path | None
    draft: Path  # where a file is written before it is moved to its own place
    aside: Path
    scope: Scope = WHOLE

    def run(self) -> None:
        """Take away what is not wanted, then place what is missing. Raises OSError."""
        self._take_away(self.root)
        if self.wanted:
            self._place(self.wanted, self.root)

    def _take_away(self, folder: Path) -> bool:
        """Take away what goes; tell whether something is left that the scope does not hold."""
        has_others = False
        for entry in sorted(folder.iterdir()):
            wanted = self._counterpart(self.wanted, entry)
            if not self.scope.holds(entry, self.root):
                has_others = True
            elif _is_folder(entry):
                _make_writable(entry)
                needed = self._take_away(entry)
                has_others |= needed
                if not needed and (wanted is None or not _is_folder(wanted)):
                    entry.rmdir()
            elif wanted is None or not _are_same(entry, wanted):
                self._remove(entry)
        return has_others

    def _remove(self, entry: Path) -> None:
        known = self._counterpart(self.known, entry)
        is_elsewhere = known is not None and _are_same(entry, known)
        if is_elsewhere or stat.S_ISSOCK(entry.lstat().st_mode):  # of no use without its process
            _unlink(entry)
            return
        aside = self.aside / entry.relative_to(self.root)
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(entry, aside)

    def _place(self, wanted: Path, folder: Path) -> None:
        for source in sorted(wanted.iterdir()):
            target = folder / source.name
            if _is_folder(source):
                target.mkdir(exist_ok=True)
                self._place(source, target)
            elif not os.path.lexists(target):
                _discard(self.draft)
                _copy_entry(str(source), str(self.draft))
                shutil.move(self.draft, target)
        if folder != self.root:
            shutil.copystat(wanted, folder)

    def _counterpart(self, other: Path | None, entry: Path) -> Path | None:
        """Return the entry of `other` in the same place, None where there is none."""
        found = other / entry.relative_to(self.root) if other else None
        return found if found and os.path.lexists(found) else None


def settle(replacement: Replacement | None = None) -> None:
    """Finish or undo what a killed `start` or `reset` began, and say so; wait for one that goes on.

    Every verb that works in `work/` calls this first. Raises WorkbookError where it can't be done.
    """
    replacement = replacement or Replacement()
    if not replacement.is_interrupted:
        return
    try:
        with replacement.taking_turns():
            if replacement.is_interrupted:
                print(replacement.resume(), flush=True)
    except OSError as problem:
        raise WorkbookError(
            f"An earlier call was killed, and can't be finished: {reason(problem)}.\n"
            f"All that was in {replacement.work} is in it, or in the newest work.… beside it."
            " Make the folder writable, end what uses it, then call again."
        ) from problem


def free_name(target: Path, now: datetime, addition: str = "") -> Path:
    """Return a name beside `target` that nobody has: `work.2026-11-22-1530`, then `…-2`."""
    first = target.with_name(f"{target.name}.{now:%Y-%m-%d-%H%M}{addition}")
    name, number = first, 1
    while os.path.lexists(name):
        number += 1
        name = first.with_name(f"{first.name}-{number}")
    return name


def reason(problem: Exception) -> str:
    """Return what went wrong, for a sentence. Of a folder that could not be copied, the first."""
    if isinstance(problem, shutil.Error) and isinstance(problem.args[0], list):
        return str(problem.args[0][0][-1])
    return str(problem)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not _is_junction(path)


def _is_junction(path: Path) -> bool:
    """Tell whether it is a link of Windows' own kind, behind which are files of somewhere else."""
    tag = getattr(path.lstat(), "st_reparse_tag", 0)
    return bool(tag) and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)


def _are_same(one: Path, other: Path) -> bool:
    """Tell whether two entries that are no folders hold the same."""
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    kinds = [stat.S_IFMT(path.lstat().st_mode) for path in (one, other)]
    if kinds != [stat.S_IFREG, stat.S_IFREG]:
        return kinds[0] == kinds[1] == stat.S_IFIFO
    return filecmp.cmp(one, other, shallow=False)


def _copy_whole(source: Path, target: Path, scope: Scope) -> None:
    """Copy what the scope holds of a folder, without sockets: they end with their process."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        entries = {name: Path(folder) / name for name in names}
        return [
            name
            for name, entry in entries.items()
            if not scope.holds(entry, source) or stat.S_ISSOCK(entry.lstat().st_mode)
        ]

    shutil.copytree(source, target, symlinks=True, ignore=left_out, copy_function=_copy_entry)


def _copy_entry(source: str, target: str) -> str:
    if hasattr(os, "mkfifo") and stat.S_ISFIFO(os.lstat(source).st_mode):
        os.mkfifo(target)
        return target
    return shutil.copy2(source, target, follow_symlinks=False)


def _make_writable(folder: Path) -> None:
    mode = folder.stat().st_mode
    if mode & stat.S_IRWXU != stat.S_IRWXU:
        folder.chmod(mode | stat.S_IRWXU)


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except PermissionError:
        if os.name == "posix":
            raise
        path.chmod(stat.S_IWRITE)  # Windows removes no read-only file
        path.unlink()


def _discard(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, read-only ones too."""
    if not os.path.lexists(path):
        return
    if not _is_folder(path):
        _unlink(path)
        return
    _make_writable(path)
    for entry in path.iterdir():
        _discard(entry)
    path.rmdir()
