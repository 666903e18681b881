"""The watcher of the page that is read: one at a time, which ends with the guide."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docs_ext.live import browser_driver
from docs_ext.live.watcher import Watcher
from tests.support.text_files import write_files

# It takes the place of the real one: it notes its beginning, its keys, and its end.
STAND_IN = r"""
import json, os, sys

def note(text):
    with open(sys.argv[1], "a") as file:
        file.write(text + "\n")

def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)

note(" ".join(sys.argv[1:]))
tell("Begun", is_second=False)
said = {"seen": "", "look_at": "", "guide": "", "expected": ""}
tell("Told", id="a", mark="✗", title="A check", not_yet=said)
while key := os.read(0, 1):
    note({b"\n": "now", b" ": "pause"}[key])
    tell("Rests", problem="")
note("ended")
"""
SECONDS = 20


class Scene:
    """A watcher of stand-ins, which ends with the block, and what happened so far."""

    def __init__(self, root: Path) -> None:
        self.root, self.told = root, 0
        self.watcher = Watcher(root, {}, lambda: None, self.count)

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_problem: object) -> None:
        await self.watcher.close()

    async def count(self) -> None:
        """Count the runs that were told."""
        self.told += 1

    def notes(self, label: str) -> list[str]:
        """Return what the stand-in for a step has noted."""
        file = self.root / label
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                await asyncio.sleep(0.02)

    async def has_cross(self, label: str) -> None:
        """Wait until the run of a step has told its first ✗."""
        await self.until(lambda: (self.watcher.state_of(label) or {}).get("cross"))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a scene in which nothing has happened yet."""
    write_files(tmp_path, {"checks/__init__.py": "", "checks/watch.py": STAND_IN})
    return Scene(tmp_path)


async def test_options_for_the_readers_own_pytest_steer_no_watcher(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = 'os.environ.get("PYTEST_ADDOPTS", "no options")'
    noting = STAND_IN.replace('" ".join(sys.argv[1:])', options)
    write_files(scene.root, {"checks/watch.py": noting})
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k slow")
    later = Scene(scene.root)
    async with later:
        later.watcher.watch("02")
        await later.has_cross("02")
        assert later.notes("02") == ["no options"]


async def test_it_ends_in_order_with_the_guide(scene: Scene) -> None:
    async with scene:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        assert scene.watcher.state_of("03") is None
    assert scene.notes("02") == ["02 --events", "ended"]
    assert scene.watcher.label is None


async def test_what_drives_a_browser_is_brought_once_before_the_first_checks(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_driver, "is_missing", {"02": False, "03": True, "04": True}.get)
    count = "from pathlib import Path; begun = len(list(Path().glob('0*')))"
    note = f"{count}; Path('brought').open('a').write(f'{{begun}} had begun')"
    monkeypatch.setattr(browser_driver, "BRING", note)

    async with scene:
        for label in ("02", "03", "04"):
            scene.watcher.watch(label)
            await scene.has_cross(label)
    assert scene.notes("brought") == ["1 had begun"]


async def test_the_same_page_keeps_its_watcher_and_another_one_takes_its_place(
    scene: Scene,
) -> None:
    async with scene:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        scene.watcher.watch("02")
        scene.watcher.watch("03")
        assert scene.watcher.state_of("02") is None
        await scene.has_cross("03")
        assert scene.notes("02") == ["02 --events", "ended"]


async def test_pages_that_are_only_passed_by_start_one_after_the_other(scene: Scene) -> None:
    async with scene:
        for label in ("01", "02", "03", "04"):
            scene.watcher.watch(label)
            await asyncio.sleep(0.02)
        await scene.has_cross("04")
    for label in ("01", "02", "03"):
        assert scene.notes(label) in ([], [f"{label} --events", "ended"])


async def test_a_page_that_is_left_amid_a_start_ends_in_order(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = asyncio.create_subprocess_exec
    begun: list[asyncio.subprocess.Process] = []

    async def start_slowly(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        begun.append(await start(*arguments, **options))
        await asyncio.sleep(1)
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_slowly)

    async with scene:
        scene.watcher.watch("02")
        await scene.until(lambda: scene.notes("02"))
        assert scene.watcher._process is None, "its start goes on"
        scene.watcher.stop()
    assert scene.notes("02") == ["02 --events", "ended"]
    assert [process.returncode for process in begun] == [0]


async def test_check_now_begins_another_run_unless_one_goes_on(scene: Scene) -> None:
    async with scene:
        scene.watcher.check("02")
        await scene.has_cross("02")
        scene.watcher.check("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False
        scene.watcher.check("02")
        await scene.until(lambda: scene.notes("02")[-1] == "now")
    assert scene.notes("02") == ["02 --events", "pause", "now", "ended"]
    assert scene.told >= 1


async def test_pause_waits_for_the_first_cross_of_the_run_that_goes_on(scene: Scene) -> None:
    async with scene:
        scene.watcher.watch("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False
    assert scene.notes("02") == ["02 --events", "pause", "ended"]


async def test_pause_ends_with_a_run_that_has_no_cross(scene: Scene, tmp_path: Path) -> None:
    green = STAND_IN.replace('mark="✗"', 'mark="✓"')
    rests = green.replace("while key", 'tell("Rests", problem="")\nwhile key')
    (tmp_path / "checks" / "watch.py").write_text(rests, encoding="utf-8")

    async with scene:
        scene.watcher.watch("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False
    assert scene.notes("02") == ["02 --events", "ended"]


async def test_a_watcher_that_ends_by_itself_is_started_by_the_next_save(
    scene: Scene, tmp_path: Path
) -> None:
    (tmp_path / "checks" / "watch.py").write_text("raise SystemExit(1)", encoding="utf-8")

    async with scene:
        scene.watcher.watch("02")
        await scene.until(lambda: scene.watcher.label is None)
        (tmp_path / "checks" / "watch.py").write_text(STAND_IN, encoding="utf-8")
        scene.watcher.watch("02")
        await scene.has_cross("02")


async def test_a_guide_that_is_killed_takes_its_watcher_along(scene: Scene) -> None:
    async with scene:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        assert scene.watcher._process
        assert scene.watcher._process.stdin
        scene.watcher._process.stdin.close()  # as the system does
        await scene.until(lambda: scene.notes("02")[-1] == "ended")
