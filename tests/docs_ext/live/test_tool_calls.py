"""What a page may start, and how it learns how far that is."""

import asyncio
import json
from pathlib import Path

import pytest

from docs_ext.live.tool_calls import RunState, ToolCalls, after_event
from tests.support.text_files import write_files


def line(event: str, **fields: object) -> str:
    """Return a line as the checks write it."""
    return json.dumps({"event": event, **fields})


def test_the_events_of_a_run_tell_how_far_it_is() -> None:
    state = RunState("02")
    for text in (
        line("Listed", ids=["a", "b", "c"]),
        line("Asking", id="a", title="A first check"),
        line("Told", id="a", mark="✓"),
        "something that a library printed",
        line("Told", id="b", mark="✗"),
        line("Told", id="c", mark="★"),
        line("Ended", lines=[]),
    ):
        state = after_event(state, text)
    assert state == RunState("02", count=3, told=2, holds=1, asking="A first check")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"event": "Told"}', '{"event": []}'])
def test_what_is_no_event_changes_nothing(text: str) -> None:
    assert after_event(RunState("02"), text) == RunState("02")


# It takes the place of pytest, which the checks are run by.
STAND_IN = """
import pathlib, sys, time
pathlib.Path("began").write_text(" ".join(sys.argv[1:]))
print('{"event": "Listed", "ids": ["a"]}', flush=True)
time.sleep(60)
"""


def test_one_run_goes_on_at_a_time_and_ends_with_the_guide(tmp_path: Path) -> None:
    write_files(tmp_path, {"pytest.py": STAND_IN})

    async def scene() -> None:
        changed = asyncio.Event()
        calls = ToolCalls(tmp_path, {"PYTHONPATH": str(tmp_path)}, changed.set)
        assert calls.check("02")
        assert not calls.check("03")
        async with asyncio.timeout(20):
            while (calls.run_of("02") or {}).get("count") != 1:
                changed.clear()
                await changed.wait()
        assert calls.run_of("03") is None
        await calls.close()
        assert calls.run_of("02") is None

    asyncio.run(scene())
    assert "--verdict-lines" in (tmp_path / "began").read_text(encoding="utf-8")
