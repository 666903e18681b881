"""What a page is told of the checks: the tool's memory of `work/`."""

from dataclasses import replace
from pathlib import Path

import pytest

from docs_ext.live.check_states import CheckStates
from tests.support.text_files import write_files
from workbook.projects.content import content_of
from workbook.projects.progress import Cross, LastRun, remember
from workbook.projects.work_record import WorkRecord, write_record

PAGE = "/02-create-and-execute-tasks.html"
CROSS = Cross("test_x.py::test_x", "The page has a button", "none", "a.html", "02, Make an app")


@pytest.fixture
def states(tmp_path: Path) -> CheckStates:
    """The states of a project `work/` that `start` made, of which nothing is remembered."""
    write_files(tmp_path, {"work/manage.py": "", "state/x": ""})
    write_record(WorkRecord(id="this"), tmp_path / "state")
    return CheckStates(tmp_path / "state", tmp_path / "work")


def told(states: CheckStates, page: str = PAGE) -> dict:
    """Return the state for a page, as it is now."""
    states.refresh()
    state = states.of(page)
    assert state
    return state


def run_on(folder: Path, cross: Cross | None, holds: int = 3) -> LastRun:
    """Return a complete run of four checks on `work/` as it is now."""
    return LastRun("this", content_of(folder / "work"), holds, 4, True, cross)


def test_a_page_of_no_step_has_none(states: CheckStates) -> None:
    states.refresh()
    assert [states.of(path) for path in ("/", "/glossary.html", "/../x", "/02")] == [None] * 4
    assert states.of("/going-further/robust.html")["label"] == "robust"


def test_without_work_nothing_is_said_of_a_project(tmp_path: Path) -> None:
    assert told(CheckStates(tmp_path, tmp_path / "work"))["has_work"] is False


def test_a_project_that_was_not_checked_is_no_failed_one(states: CheckStates) -> None:
    state = told(states)
    assert state["has_work"] is True
    assert state["is_checked"] is False
    assert state["cross"] is None


def test_the_first_cross_comes_with_its_section(states: CheckStates, tmp_path: Path) -> None:
    remember("02", run_on(tmp_path, CROSS), False, {"a star"}, tmp_path / "state")
    state = told(states)
    assert (state["holds"], state["count"], state["stars"]) == (3, 4, 1)
    assert state["cross"]["title"] == "The page has a button"
    assert state["cross"]["href"] == f"{PAGE}#make-an-app"
    assert state["held_before"] is False
    assert told(states, "/03-poll-task-status.html")["is_checked"] is False


def test_a_save_makes_it_a_run_of_before(states: CheckStates, tmp_path: Path) -> None:
    remember("02", run_on(tmp_path, CROSS), False, set(), tmp_path / "state")
    assert told(states)["is_current"] is True
    (tmp_path / "work" / "manage.py").write_text("print()", encoding="utf-8")
    assert told(states)["is_current"] is False


def test_a_step_that_held_is_done_until_it_breaks(states: CheckStates, tmp_path: Path) -> None:
    remember("02", run_on(tmp_path, None, holds=4), True, set(), tmp_path / "state")
    state = told(states)
    assert (state["is_done"], state["held_before"]) == (True, False)
    remember("02", run_on(tmp_path, CROSS), False, set(), tmp_path / "state")
    state = told(states)
    assert (state["is_done"], state["held_before"]) == (False, True)


def test_another_project_has_no_run(states: CheckStates, tmp_path: Path) -> None:
    former = replace(run_on(tmp_path, CROSS), work="another")
    remember("02", former, True, set(), tmp_path / "state")
    assert told(states)["is_checked"] is False


def test_a_place_outside_the_lessons_is_no_link(states: CheckStates, tmp_path: Path) -> None:
    cross = replace(CROSS, guide="Troubleshooting")
    remember("02", run_on(tmp_path, cross), False, set(), tmp_path / "state")
    assert told(states)["cross"]["href"] == ""


def test_the_signature_tells_another_memory_and_another_work(
    states: CheckStates, tmp_path: Path
) -> None:
    first = states.signature()
    assert states.signature() == first
    remember("02", run_on(tmp_path, CROSS), False, set(), tmp_path / "state")
    second = states.signature()
    assert second != first
    (tmp_path / "work").rename(tmp_path / "work.old")
    assert states.signature() != second


def test_the_sections_of_all_crosses_are_known(states: CheckStates, tmp_path: Path) -> None:
    other = replace(CROSS, title="Another", guide="02, Write the page", look_at="the worker")
    remember(
        "02", replace(run_on(tmp_path, CROSS), others=(other,)), False, set(), tmp_path / "state"
    )
    state = told(states)
    assert state["cross"]["file"] == "a.html"
    assert [(one["href"], one["file"]) for one in state["others"]] == [
        (f"{PAGE}#write-the-page", "")
    ]


def test_only_what_did_not_hold_before_is_proven(states: CheckStates, tmp_path: Path) -> None:
    first, second = "x.py::test_first", "x.py::test_second"
    run = replace(run_on(tmp_path, CROSS), held=(first,), open=(second,))
    remember("02", run, False, set(), tmp_path / "state")
    assert (told(states)["held"], told(states)["proven"]) == (("test_first",), ())
    remember("02", replace(run, held=(first, second), open=()), False, set(), tmp_path / "state")
    state = told(states)
    assert (state["held"], state["proven"]) == (("test_first", "test_second"), ("test_second",))


def test_the_first_page_has_the_whole_way(states: CheckStates, tmp_path: Path) -> None:
    remember("02", run_on(tmp_path, None), True, {"x::test_your_turn"}, tmp_path / "state")
    states.refresh()
    assert states.way(PAGE) is None
    way = states.way("/index.html")
    assert way
    assert way == states.way("/")
    assert [one["label"] for one in way["steps"]][:5] == ["01", "02", "03", "04", "05"]
    second = way["steps"][1]
    assert (second["page"], second["was_done"], second["stars"]) == (PAGE, True, 1)
    assert way["next"] == "page 03"
