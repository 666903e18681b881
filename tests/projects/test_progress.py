"""The memory of the checks: what it keeps, and that nothing that is wrong with it is an error."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.projects.progress import (
    NAME,
    VERSION,
    Cross,
    LastRun,
    OpenExercise,
    Progress,
    StepProgress,
    after_run,
    read_progress,
    remember,
)
from workbook.projects.standing import Standing
from workbook.projects.work_record import WorkRecord

CROSS = Cross("checks/step_02/test_x.py::test_x", "It holds", "no", "manage.py", "02, Check")
OPEN = OpenExercise("checks/step_02/test_your_turn.py::test_your_turn", "add", "which?")
GREEN = LastRun("first", "c0ffee", holds=7, count=7, is_complete=True)
RED = replace(GREEN, holds=6, cross=CROSS, exercise=OPEN)
FIRST = WorkRecord(base="01", step="02", id="first")


def test_what_is_remembered_is_read_again(tmp_path: Path) -> None:
    remember("02", RED, is_done=False, stars=set(), state=tmp_path)
    assert read_progress(tmp_path).of("02").last == RED
    remember("02", GREEN, is_done=True, stars={"one"}, state=tmp_path)
    remember("03", RED, is_done=False, stars=set(), state=tmp_path)
    known = read_progress(tmp_path)
    assert (known.of("02").is_done, known.of("02").held_in) == (True, "first")
    assert known.of("02").stars == ("one",)
    assert known.of("03").last == RED


def test_a_few_checks_that_hold_prove_nothing_of_the_others(tmp_path: Path) -> None:
    remember("02", RED, is_done=False, stars=set(), state=tmp_path)
    few = replace(GREEN, is_complete=False, count=1, holds=1)
    remember("02", few, is_done=False, stars=set(), state=tmp_path)
    assert read_progress(tmp_path).of("02").last == RED


def test_a_star_is_kept(tmp_path: Path) -> None:
    remember("02", GREEN, is_done=True, stars={"one"}, state=tmp_path)
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    assert read_progress(tmp_path).of("02").stars == ("one",)


def damaged() -> list[str]:
    """Return files that are no memory: cut off at every tenth character, and with odd values."""
    step = {"is_done": True, "held_in": None, "stars": [], "last": None}
    whole = {"version": VERSION, "steps": {"02": step}}
    text = json.dumps(whole)
    odd = [
        {"version": VERSION},
        {"version": "1", "steps": {}},
        {"version": VERSION, "steps": []},
        *(
            {"version": VERSION, "steps": {"02": step | change}}
            for change in (
                {"is_done": "yes"},
                {"stars": 3},
                {"stars": [3]},
                {"last": {}},
                {"last": []},
                {"more": 1},
            )
        ),
    ]
    return [text[:end] for end in range(0, len(text), 10)] + [json.dumps(one) for one in odd]


@pytest.mark.parametrize("text", damaged())
def test_damaged_one_says_nothing_and_is_written_again(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert read_progress(tmp_path) == Progress()
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    assert read_progress(tmp_path).of("02").is_done


def test_no_text_at_all_says_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\0" * 100)
    assert read_progress(tmp_path) == Progress()
    (tmp_path / NAME).write_text("[" * 100_000)
    assert read_progress(tmp_path) == Progress()


def test_one_of_a_newer_workbook_is_left_as_it_is(tmp_path: Path) -> None:
    text = json.dumps({"version": VERSION + 1, "other": True})
    (tmp_path / NAME).write_text(text)
    assert read_progress(tmp_path) == Progress()
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    assert (tmp_path / NAME).read_text() == text


def test_that_it_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path / "file")
    (tmp_path / NAME).mkdir()
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    assert read_progress(tmp_path) == Progress()


def test_runs_that_end_at_once_are_all_remembered(tmp_path: Path) -> None:
    labels = [f"{number:02d}" for number in range(8)]
    with ThreadPoolExecutor(len(labels)) as pool:
        list(pool.map(lambda label: remember(label, GREEN, True, set(), tmp_path), labels))
    assert set(read_progress(tmp_path).steps) == set(labels)


def lines_of(tmp_path: Path, record: WorkRecord = FIRST, has_work: bool = True) -> list[str]:
    return Standing(read_progress(tmp_path), record, has_work).lines(80)[1:]


def test_standing_before_the_first_step(tmp_path: Path) -> None:
    said = lines_of(tmp_path, WorkRecord(), has_work=False)
    assert said == ["  next   python3 workbook start 01"]
    assert lines_of(tmp_path, WorkRecord()) == ["  next   python3 workbook check"]


def test_standing_in_the_midst_of_a_step(tmp_path: Path) -> None:
    assert lines_of(tmp_path)[0] == "  now    step 02: not checked yet"
    remember("02", RED, is_done=False, stars=set(), state=tmp_path)
    assert lines_of(tmp_path) == [
        "  now    step 02: 6 of 7 checks hold",
        "  next   python3 workbook check 02",
    ]


def test_standing_after_a_step(tmp_path: Path) -> None:
    remember("02", GREEN, is_done=True, stars={"one"}, state=tmp_path)
    assert lines_of(tmp_path) == [
        "  done   02 ★",
        "  next   page 03, which python3 workbook guide opens",
    ]
    assert "next   python3 workbook start 01" in lines_of(tmp_path, has_work=False)[-1]


def test_what_held_before_broke(tmp_path: Path) -> None:
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    remember("03", GREEN, is_done=True, stars=set(), state=tmp_path)
    remember("02", RED, is_done=False, stars=set(), state=tmp_path)
    assert lines_of(tmp_path) == [
        "  done   02, 03",
        "  broke  02, which held before: ✗ It holds",
        "  next   python3 workbook check 02",
    ]
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    assert "page 04" in lines_of(tmp_path)[-1]


def test_what_the_base_holds_can_break(tmp_path: Path) -> None:
    remember("01", RED, is_done=False, stars=set(), state=tmp_path)
    assert "  broke  01, which held before: ✗ It holds" in lines_of(tmp_path)


def test_another_start_breaks_nothing_and_forgets_no_step(tmp_path: Path) -> None:
    remember("02", GREEN, is_done=True, stars=set(), state=tmp_path)
    again = replace(FIRST, id="second")
    assert lines_of(tmp_path, again)[:2] == ["  done   02", "  now    step 02: not checked yet"]
    red = replace(RED, work="second")
    remember("02", red, is_done=False, stars=set(), state=tmp_path)
    assert lines_of(tmp_path, again) == [
        "  done   02",
        "  now    step 02: 6 of 7 checks hold",
        "  next   python3 workbook check 02",
    ]


def test_long_titles_stay_on_their_line(tmp_path: Path) -> None:
    long = replace(RED, cross=replace(CROSS, title="A page " * 30))
    remember("01", long, is_done=False, stars=set(), state=tmp_path)
    assert max(map(len, lines_of(tmp_path))) == 80


def test_proven_is_what_holds_and_once_did_not_in_the_same_project() -> None:
    before = after_run(StepProgress(), replace(GREEN, held=("a",), open=("b",)), False, set())
    after = after_run(before, replace(GREEN, held=("a", "b")), True, set())
    assert after.proven_in("first") == ("b",)
    assert after.proven_in("second") == ()
    elsewhere = after_run(after, replace(GREEN, work="second", held=("a", "b")), True, set())
    assert elsewhere.proven_in("second") == ()


def test_a_check_that_was_never_open_is_unproven_until_all_have_held() -> None:
    held = {"a", "b"}
    began = after_run(StepProgress(), replace(GREEN, held=("a",), open=("b",)), False, set())
    assert began.unproven_in(GREEN.work, held) == {"a"}
    assert began.unproven_in("second", held) == held
    done = after_run(began, replace(GREEN, held=("a", "b")), True, set())
    assert not done.unproven_in(GREEN.work, held)
