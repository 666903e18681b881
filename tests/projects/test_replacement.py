"""A replaced folder: whole at every moment, whatever is in it and whenever the tool is killed."""

import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.support.text_files import read_files, write_files
from workbook.errors import WorkbookError
from workbook.projects import replacement
from workbook.projects.replacement import KeptFolders, Replacement
from workbook.projects.scope import Scope
from workbook.projects.work_record import Reset, WorkRecord, read_record

OLD = {"mine.txt": "mine", "config/settings.py": "# mine\n", "deep/er/größe x.txt": "ß", "a": "a"}
NEW = {
    "config/settings.py": "# new\n",
    "config/celery.py": "",
    "status/a b.py": "b",
    "deep": "file",
}
CHANGES = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.symlink", "os.utime"}
MOST_CHANGES = 150


@pytest.fixture
def exchange(tmp_path: Path) -> Replacement:
    """Return a replacement of a folder in which OLD is."""
    write_files(tmp_path / "work", OLD)
    return Replacement(tmp_path / "work", tmp_path / "state")


def make_new(folder: Path) -> None:
    write_files(folder, NEW)


def run(exchange: Replacement, make: Callable[[Path], None] = make_new) -> KeptFolders:
    with exchange.taking_turns():
        return exchange.run(make)


def kept_beside(exchange: Replacement) -> list[Path]:
    return sorted(exchange.work.parent.glob("work.*"))


def killed(call: Callable[[], object], at: int) -> bool:
    """Call in a process that is killed before its change of the disk number `at`; tell if it was.

    A file that is opened to be written counts as a change, too.
    """
    child = os.fork()
    if child == 0:
        left = at

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
            if event in CHANGES or writes:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            call()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def go_on(exchange: Replacement) -> None:
    """Do what each next call does."""
    if exchange.is_interrupted:
        exchange.resume()


def begin_again(folder: Path) -> Replacement:
    write_files(folder / "work", OLD)
    return Replacement(folder / "work", folder / "state")


def killed_at_each_change(
    tmp_path: Path,
    act: Callable[[Replacement], object],
    begin: Callable[[Path], Replacement] = begin_again,
) -> Iterator[Replacement]:
    """Yield a replacement that was killed before its first change, and so on; last a whole one."""
    for at in range(MOST_CHANGES):
        exchange = begin(tmp_path / str(at))
        was_killed = killed(partial(act, exchange), at)
        yield exchange
        if not was_killed:
            return
    pytest.fail(f"it makes more than {MOST_CHANGES} changes")


def test_killed_before_any_change(tmp_path: Path) -> None:
    finished: list[bool] = []
    for exchange in killed_at_each_change(tmp_path, run):
        # Even before the next call nothing is lost.
        assert OLD in [read_files(folder) for folder in (exchange.work, *kept_beside(exchange))]
        # The next call may be killed as well, and the one after it.
        for again in range(0, 60, 7):
            killed(partial(go_on, exchange), again)
        go_on(exchange)
        assert not exchange.is_interrupted
        finished.append(read_files(exchange.work) != OLD)
        if finished[-1]:
            assert read_files(exchange.work) == NEW
            (kept,) = kept_beside(exchange)
            assert read_files(kept) == OLD
        else:
            assert kept_beside(exchange) == []
    *after_kills, whole = finished
    assert whole
    assert len(after_kills) > 30
    assert 10 < sum(after_kills) < len(after_kills)


@pytest.mark.parametrize("file", ["config/settings.py", "status/a b.py", None])
def test_part_killed_before_any_change(tmp_path: Path, file: str | None) -> None:
    """Of one file, or of all but the learner's data: what is outside that part stays."""
    scope = Scope(file, spares_data=file is None)
    data = {".env": "SECRET=1", "deep/er/own.sqlite3": "rows"}
    own = data if file is None else OLD
    new = {name: text for name, text in NEW.items() if name != "deep" and file in (None, name)}
    before, after = OLD | (data if file is None else {}), own | new

    def begin(folder: Path) -> Replacement:
        exchange = begin_again(folder)
        write_files(exchange.work, before)
        return replace(exchange, scope=scope, verb="reset")

    def remember(kept: str | None) -> WorkRecord:
        return WorkRecord("01", (Reset(file, kept),))

    def reset(exchange: Replacement) -> None:
        exchange.run(lambda folder: write_files(folder, new), remember)

    for exchange in killed_at_each_change(tmp_path, reset, begin):
        for again in range(0, 40, 7):
            killed(partial(go_on, exchange), again)
        go_on(exchange)
        found, record = read_files(exchange.work), read_record(exchange.state)
        assert found in (before, after)
        if found == after:
            kept = record.resets[0].kept
            there = read_files(exchange.work.with_name(kept)) if kept else {}
            assert there == {name: text for name, text in before.items() if name not in own} | {
                name: before[name] for name in ([file] if file in before else [])
            }
        else:
            assert record == WorkRecord()
            assert kept_beside(exchange) == []
    assert found == after


def fail_half_way(exchange: Replacement) -> None:
    """Run a replacement that fails once all is taken away that was to go."""
    real, calls = replacement.FolderSync._place, []

    def bring(self: replacement.FolderSync, *folders: Path) -> None:
        calls.append(folders)
        if len(calls) == 1:
            raise OSError("no space left")
        real(self, *folders)

    with pytest.MonkeyPatch.context() as patch, suppress(OSError):
        patch.setattr(replacement.FolderSync, "_place", bring)
        run(exchange)


def test_killed_amid_undoing(tmp_path: Path) -> None:
    for exchange in killed_at_each_change(tmp_path, fail_half_way):
        assert OLD in [read_files(folder) for folder in (exchange.work, *kept_beside(exchange))]
        go_on(exchange)
        assert not exchange.is_interrupted
        if read_files(exchange.work) == OLD:
            assert kept_beside(exchange) == []
        else:
            assert read_files(exchange.work) == NEW
    assert read_files(exchange.work) == OLD


def test_what_was_written_after_the_kill_is_put_aside(exchange: Replacement) -> None:
    at = next(at for at in range(MOST_CHANGES) if _is_half_way(exchange, at))
    assert at
    (exchange.work / "idea.txt").write_text("idea")
    (exchange.work / "mine.txt").write_text("a newer version")
    said = exchange.resume()
    assert read_files(exchange.work) == NEW
    kept, aside = kept_beside(exchange)
    assert read_files(kept) == OLD
    assert read_files(aside) == {"idea.txt": "idea", "mine.txt": "a newer version"}
    assert f"What was written to it meanwhile is in {aside.name}/." in said


def _is_half_way(exchange: Replacement, at: int) -> bool:
    """Kill a replacement at that change; tell whether something was taken away by then."""
    assert killed(lambda: run(exchange), at)
    if (exchange.work / "a").exists():
        go_on(exchange)
        if read_files(exchange.work) == NEW:
            # Finished: begin again with the old one.
            for folder in (exchange.work, *kept_beside(exchange)):
                replacement._discard(folder)
            write_files(exchange.work, OLD)
        return False
    return True


def test_ctrl_c_once_files_are_taken_away_comes_too_late(
    exchange: Replacement, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replacement.FolderSync.run

    def interrupted(self: replacement.FolderSync) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), signum)
        real(self)

    monkeypatch.setattr(replacement.FolderSync, "run", interrupted)
    kept = run(exchange)
    assert read_files(exchange.work) == NEW
    assert read_files(kept.contents) == OLD


@pytest.mark.parametrize("problem", [KeyboardInterrupt, OSError])
def test_copy_that_is_broken_off_changes_nothing(
    exchange: Replacement, problem: type[BaseException]
) -> None:
    def breaks_off(folder: Path) -> None:
        make_new(folder)
        raise problem("no space left")

    with pytest.raises(problem, match="no space"):
        run(exchange, breaks_off)
    assert read_files(exchange.work) == OLD
    assert [path.name for path in exchange.state.iterdir()] == ["start.lock"]


@pytest.mark.parametrize(
    "journal",
    [
        "",
        "null",
        '{"kept": null, "was_folder": true, "was_there": true, "from_a_newer_workbook": 1}',
        '{"kept": null, "was_folder": true, "was_there": true, "scope": {"newer": 1}}',
    ],
)
def test_journal_that_cannot_be_read_is_named_and_changes_nothing(
    exchange: Replacement, journal: str
) -> None:
    path = exchange.state / "replacement.json"
    write_files(exchange.state, {path.name: journal})
    with pytest.raises(WorkbookError, match="Remove that file, then call again") as told:
        replacement.settle(exchange)
    assert str(path) in str(told.value)
    assert read_files(exchange.work) == OLD
    path.unlink()
    replacement.settle(exchange)


def test_journal_is_on_the_disk_before_it_counts(
    exchange: Replacement, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda _file: counted.append(exchange.is_interrupted))
    run(exchange)
    assert counted == [False]


def test_folder_that_stays_is_the_same_one(exchange: Replacement) -> None:
    before = [(exchange.work / name).stat().st_ino for name in (".", "config")]
    kept = run(exchange)
    assert [(exchange.work / name).stat().st_ino for name in (".", "config")] == before
    assert read_files(exchange.work) == NEW
    assert read_files(kept.contents) == OLD


def test_modes_links_and_times_are_kept(exchange: Replacement) -> None:
    (exchange.work / "manage.py").write_text("")
    (exchange.work / "manage.py").chmod(0o755)
    (exchange.work / "link").symlink_to("../elsewhere")
    (exchange.work / "config/locked").mkdir()
    (exchange.work / "config/locked/read.txt").write_text("only")
    (exchange.work / "config/locked/read.txt").chmod(0o400)
    (exchange.work / "config/locked").chmod(0o500)
    os.utime(exchange.work / "mine.txt", (1, 1))
    kept = run(exchange).contents
    assert read_files(exchange.work) == NEW
    assert stat.S_IMODE((kept / "manage.py").stat().st_mode) == 0o755
    assert (kept / "link").readlink() == Path("../elsewhere")
    assert stat.S_IMODE((kept / "config/locked").stat().st_mode) == 0o500
    assert (kept / "mine.txt").stat().st_mtime == 1
    (kept / "config/locked").chmod(0o700)


def test_junction_is_moved_and_not_emptied(
    exchange: Replacement, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only Windows has them. What is found below one is somewhere else.
    write_files(exchange.work / "junction", {"precious.txt": "p"})
    behind = (exchange.work / "junction/precious.txt").stat().st_ino
    monkeypatch.setattr(replacement, "_is_junction", lambda path: path.name == "junction")
    kept = run(exchange)
    assert read_files(exchange.work) == NEW
    assert (kept.unsaved / "junction/precious.txt").stat().st_ino == behind


def test_pipes_and_sockets_are_no_hindrance(exchange: Replacement) -> None:
    os.mkfifo(exchange.work / "pipe")
    place = Path.cwd()
    os.chdir(exchange.work)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
    finally:
        os.chdir(place)
    kept = run(exchange).contents
    assert (kept / "pipe").is_fifo()
    assert read_files(exchange.work) == NEW


def test_one_that_fails_is_undone(exchange: Replacement, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replacement._unlink

    def unlink(path: Path) -> None:
        if path == exchange.work / "mine.txt":
            raise PermissionError(13, "in use", str(path))
        real(path)

    monkeypatch.setattr(replacement, "_unlink", unlink)
    with pytest.raises(PermissionError, match="in use"):
        run(exchange)
    assert read_files(exchange.work) == OLD
    assert kept_beside(exchange) == []
    assert not exchange.is_interrupted
    assert sorted(path.name for path in exchange.state.iterdir()) == ["start.lock"]


def test_link_is_kept_as_a_link(exchange: Replacement, tmp_path: Path) -> None:
    exchange.work.rename(tmp_path / "elsewhere")
    exchange.work.symlink_to(tmp_path / "elsewhere")
    kept = run(exchange).contents
    assert kept.readlink() == tmp_path / "elsewhere"
    assert read_files(tmp_path / "elsewhere") == OLD
    assert read_files(exchange.work) == NEW
    assert not exchange.work.is_symlink()


def test_link_killed_before_any_change(tmp_path: Path) -> None:
    def begin(folder: Path) -> Replacement:
        exchange = begin_again(folder)
        exchange.work.symlink_to(exchange.work.rename(folder / "elsewhere"))
        return exchange

    for exchange in killed_at_each_change(tmp_path, run, begin):
        go_on(exchange)
        assert read_files(exchange.work.with_name("elsewhere")) == OLD
        assert read_files(exchange.work) in (OLD, NEW)
        assert exchange.work.is_symlink() == (read_files(exchange.work) == OLD)
