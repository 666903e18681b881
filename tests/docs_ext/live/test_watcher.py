"""The watcher of the page that is read: one at a time, which ends with the guide."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from docs_ext.live import browser_driver
from docs_ext.live.watcher import Watcher
from tests.support.text_files import write_files

# It takes the place of the real one: it notes its beginning, its keys, and its end.
STAND_IN = """
import json, os, sys

def note(text):
    with open(sys.argv[1], "a") as file:
        file.write(text + "\\\\n")

def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)

note(" ".join(sys.argv[1:]))
tell("Begun", is_second=False)
said = {"seen": "", "look_at": "", "guide": "", "expected": ""}
tell("Told", id="a", mark="✗", title="A check", not_yet=said)
while key := os.read(0, 1):
    note({b"\\\\n": "now", b" ": "pause"}[key])
    tell("Rests", problem="")
note("ended")
"""
SECONDS = 20


class Scene:
    """A watcher of stand-ins, and what happened so far."""

    def __init__(self, root: Path) -> None:
        self.root, self.told = root, 0
        self.watcher = Watcher(root, {}, lambda: None, self.count)

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
def play(tmp_path: Path) -> Callable[[Callable[[Scene], Coroutine[None, None, None]]], Scene]:
    """Return what plays a scene, and ends its watcher after it."""
    source = STAND_IN.replace("\\\\", "\\")
    write_files(tmp_path, {"checks/__init__.py": "", "checks/watch.py": source})

    def play(acts: Callable[[Scene], Coroutine[None, None, None]]) -> Scene:
        scene = Scene(tmp_path)

        async def go() -> None:
            try:
                await acts(scene)
            finally:
                await scene.watcher.close()

        asyncio.run(go())
        return scene

    return play


def test_it_ends_in_order_with_the_guide(play) -> None:
    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        assert scene.watcher.state_of("03") is None

    scene = play(acts)
    assert scene.notes("02") == ["02 --events", "ended"]
    assert scene.watcher.label is None


def test_what_drives_a_browser_is_brought_once_before_the_first_checks(
    play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_driver, "is_missing", {"02": False, "03": True, "04": True}.get)
    count = "from pathlib import Path; begun = len(list(Path().glob('0*')))"
    note = f"{count}; Path('brought').open('a').write(f'{{begun}} had begun')"
    monkeypatch.setattr(browser_driver, "BRING", note)

    async def acts(scene: Scene) -> None:
        for label in ("02", "03", "04"):
            scene.watcher.watch(label)
            await scene.has_cross(label)

    scene = play(acts)
    assert scene.notes("brought") == ["1 had begun"]


def test_the_same_page_keeps_its_watcher_and_another_one_takes_its_place(play) -> None:
    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        scene.watcher.watch("02")
        scene.watcher.watch("03")
        assert scene.watcher.state_of("02") is None
        await scene.has_cross("03")
        assert scene.notes("02") == ["02 --events", "ended"]

    play(acts)


def test_pages_that_are_only_passed_by_start_one_after_the_other(play) -> None:
    async def acts(scene: Scene) -> None:
        for label in ("01", "02", "03", "04"):
            scene.watcher.watch(label)
            await asyncio.sleep(0.02)
        await scene.has_cross("04")

    scene = play(acts)
    for label in ("01", "02", "03"):
        assert scene.notes(label) in ([], [f"{label} --events", "ended"])


def test_a_page_that_is_left_amid_a_start_ends_in_order(
    play, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = asyncio.create_subprocess_exec
    begun: list[asyncio.subprocess.Process] = []

    async def start_slowly(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        begun.append(await start(*arguments, **options))
        await asyncio.sleep(1)
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_slowly)

    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.until(lambda: scene.notes("02"))
        assert scene.watcher._process is None, "its start goes on"
        scene.watcher.stop()

    scene = play(acts)
    assert scene.notes("02") == ["02 --events", "ended"]
    assert [process.returncode for process in begun] == [0]


def test_check_now_begins_another_run_unless_one_goes_on(play) -> None:
    async def acts(scene: Scene) -> None:
        scene.watcher.check("02")
        await scene.has_cross("02")
        scene.watcher.check("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False
        scene.watcher.check("02")
        await scene.until(lambda: scene.notes("02")[-1] == "now")

    scene = play(acts)
    assert scene.notes("02") == ["02 --events", "pause", "now", "ended"]
    assert scene.told >= 1


def test_pause_waits_for_the_first_cross_of_the_run_that_goes_on(play) -> None:
    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False

    scene = play(acts)
    assert scene.notes("02") == ["02 --events", "pause", "ended"]


def test_pause_ends_with_a_run_that_has_no_cross(play, tmp_path: Path) -> None:
    green = STAND_IN.replace("\\\\", "\\").replace('mark="✗"', 'mark="✓"')
    rests = green.replace("while key", 'tell("Rests", problem="")\nwhile key')
    (tmp_path / "checks" / "watch.py").write_text(rests, encoding="utf-8")

    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.watcher.pause("02")
        assert scene.watcher.state_of("02")["goes_on"] is False

    scene = play(acts)
    assert scene.notes("02") == ["02 --events", "ended"]


def test_a_watcher_that_ends_by_itself_is_started_by_the_next_save(play, tmp_path: Path) -> None:
    (tmp_path / "checks" / "watch.py").write_text("raise SystemExit(1)", encoding="utf-8")

    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.until(lambda: scene.watcher.label is None)
        source = STAND_IN.replace("\\\\", "\\")
        (tmp_path / "checks" / "watch.py").write_text(source, encoding="utf-8")
        scene.watcher.watch("02")
        await scene.has_cross("02")

    play(acts)


def test_a_guide_that_is_killed_takes_its_watcher_along(play) -> None:
    async def acts(scene: Scene) -> None:
        scene.watcher.watch("02")
        await scene.has_cross("02")
        assert scene.watcher._process
        assert scene.watcher._process.stdin
        scene.watcher._process.stdin.close()  # as the system does
        await scene.until(lambda: scene.notes("02")[-1] == "ended")

    play(acts)
