"""A lock that another has is waited for; a file system without locks is told at once."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from workbook.errors import WorkbookError
from workbook.runtime import ports
from workbook.runtime.file_locks import locked, try_lock


def refuse_with(number: int):
    """Return a function that fails like a system's call."""

    def refuse(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_lock_that_another_file_holds_is_not_to_be_had(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", 1):
        assert try_lock(tmp_path / "lock") is None
        with (
            pytest.raises(WorkbookError, match="Another call of the workbook"),
            locked(tmp_path / "lock", 0.1),
        ):
            pass
    with locked(tmp_path / "lock", 1):
        pass


@pytest.mark.parametrize("name", ["EAGAIN", "EWOULDBLOCK", "EACCES"])
def test_a_system_says_in_several_ways_that_another_has_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(fcntl, "flock", refuse_with(getattr(errno, name)))
    assert try_lock(tmp_path / "lock") is None


@pytest.mark.parametrize("name", ["ENOSYS", "ENOLCK", "ENOTSUP"])
def test_a_file_system_without_locks_is_told_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = getattr(errno, name)
    monkeypatch.setattr(fcntl, "flock", refuse_with(number))
    with pytest.raises(WorkbookError) as told, locked(tmp_path / "lock", 1):
        pass
    assert str(told.value) == (
        f"The workbook locks files in {tmp_path}, and the file system there has no locks: "
        f"{os.strerror(number)}. Put the workbook on a local disk, then call again."
    )


def test_ports_without_locks_are_told_to_use_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ports.lock"
    monkeypatch.setattr(fcntl, "lockf", refuse_with(errno.ENOLCK))
    monkeypatch.setattr(ports, "reservations_path", lambda: path)
    monkeypatch.setattr(ports, "_reservations", ports._Reservations())
    with pytest.raises(WorkbookError, match=rf"{path} .* has no locks: .* in TMPDIR"):
        ports.free_port()
