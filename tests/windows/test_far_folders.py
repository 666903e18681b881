"""The workbook in folders as people have them on Windows: in OneDrive, on a drive D, deep down."""

import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.versions.grounds import NoGround
from tests.windows.clone import SETUP_SECONDS, Clone, Windows, fresh_clone
from tests.windows.test_first_steps import CALL_SECONDS, CHECK_SECONDS, RUN_SECONDS, assert_right
from tests.windows.wine import SECOND_DRIVE

# What Windows' older functions take for a path, and programs that were not made for more.
OLD_LIMIT = 260
FAR = SECOND_DRIVE.joinpath(
    "OneDrive - Müller & Söhne GmbH (Schulung)",
    "Dokumente",
    "Fortbildung und Weiterbildung, Herbst",
    "Hintergrundaufgaben mit Celery und Channels",
    "celery workbook",
)


def takes_long_paths() -> bool:
    """Tell whether a Windows that this runs on was told to take them; Wine always does."""
    if sys.platform != "win32":
        return True
    import winreg

    key = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as folder, suppress(OSError):
        return bool(winreg.QueryValueEx(folder, "LongPathsEnabled")[0])
    return False


pytestmark = [
    pytest.mark.windows,
    pytest.mark.long,
    pytest.mark.skipif(not takes_long_paths(), reason="LongPathsEnabled is off on this Windows"),
]


@pytest.fixture(scope="module")
def modules_clone(windows: Windows | NoGround) -> Iterator[Clone | None]:
    """Return a clone in a folder of that kind, None without a Windows."""
    if isinstance(windows, NoGround):
        yield None
        return
    with fresh_clone(windows, FAR) as clone:
        yield clone


def test_a_clone_sets_itself_up_there(clone: Clone):
    done = clone.workbook(seconds=SETUP_SECONDS)
    assert done.succeeded, done.text
    assert "done. The full log is in .venv\\install.log" in done.text
    windows_root = clone.windows.path_there(clone.place)
    files = (path.relative_to(clone.folder) for path in clone.folder.rglob("*"))
    longest = max(len(f"{windows_root}\\{path}") for path in files)
    assert longest >= OLD_LIMIT, f"{longest}: the folder is to have longer paths than that"


def test_step_05_pushes_its_statuses_there(clone: Clone):
    done = clone.scenario("run_step", "ctrl-c", seconds=RUN_SECONDS)
    assert done.succeeded, done.text


def test_a_project_is_begun_compared_and_checked_there(clone: Clone):
    assert clone.workbook("start", "02", seconds=CALL_SECONDS).succeeded
    done = clone.workbook("diff", "01", "--mine", seconds=CALL_SECONDS)
    assert "are the same" in done.text, done.text
    done = clone.workbook("check", "01", seconds=CHECK_SECONDS)
    assert_right(done.text, "Step 01")
