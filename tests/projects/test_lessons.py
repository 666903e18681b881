"""Further lessons: found by their folder, and named like a step wherever a verb takes one."""

from pathlib import Path

import pytest

from tests.support.lessons import section, write_lesson
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.projects.lessons import all_lessons

TASKS = "status/tasks.py"


@pytest.fixture
def lesson(small: SmallWorkbook) -> SmallWorkbook:
    """A small workbook with the lesson slow-tasks on step 02, in two sections."""
    tasks = (small.root / "steps/02-second" / TASKS).read_text(encoding="utf-8")
    base, first = {TASKS: tasks}, {TASKS: f"{tasks}first()\n"}
    second = {TASKS: f"{tasks}first()\nsecond()\n", "new.py": "new\n"}
    write_lesson(small, "slow_tasks", [section(base, first), section(first, second)], on="02")
    return small


@pytest.mark.parametrize(
    "name", ["slow-tasks", "slow_tasks", "checks/slow_tasks/", "checks\\slow_tasks\\"]
)
def test_start_puts_the_snapshot_that_it_patches_into_work(lesson: SmallWorkbook, name: str):
    said = lesson.does("start", name)
    assert "the finished step 02: the base of lesson slow-tasks" in said
    assert "open the page of lesson slow-tasks" in said
    assert "first()" not in (lesson.work / TASKS).read_text(encoding="utf-8")


def test_diff_shows_the_whole_chain(lesson: SmallWorkbook):
    said = lesson.does("diff", "slow-tasks")
    assert "+++ slow-tasks/status/tasks.py" in said
    assert "--- 02/status/tasks.py" in said
    assert "+first()\n+second()" in said
    assert "new.py" in said


def test_diff_compares_work_with_the_patched_snapshot(lesson: SmallWorkbook):
    lesson.call("start", "slow-tasks")
    tasks = (lesson.work / TASKS).read_text(encoding="utf-8")
    lesson.write({TASKS: tasks + "first()\nsecond()\n"})
    answer = lesson.call("diff", "slow-tasks", "--mine")
    assert "+new" in answer.stdout
    assert "first()" not in answer.stdout
    lesson.write({"new.py": "new\n"})
    answer = lesson.call("diff", "slow-tasks", "--mine")
    assert answer.stdout == "work/ and lesson slow-tasks are the same.\n"


def test_check_wants_a_work_and_says_how_to_get_one(lesson: SmallWorkbook):
    assert "start slow-tasks" in lesson.call("check", "slow-tasks").stderr


@pytest.mark.parametrize("verb", ["start", "diff", "check", "run"])
def test_an_unknown_name_is_answered_with_the_steps_and_the_lessons(
    lesson: SmallWorkbook, verb: str
):
    lesson.work.mkdir()
    said = lesson.refuses(verb, "fast-tasks")
    assert said.splitlines() == [
        "There is no step or lesson “fast-tasks”. These are the steps:",
        *("  01  01-first", "  02  02-second", "  03  03-third"),
        "These are the lessons:",
        "  slow-tasks",
    ]


def test_where_there_is_no_lesson_nobody_speaks_of_one(small: SmallWorkbook):
    answer = small.call("start", "slow-tasks")
    assert answer.stderr.startswith("There is no step “slow-tasks”. These are the steps:\n")
    assert "lesson" not in answer.stderr + small.call("--help").stdout


def test_the_help_names_them(lesson: SmallWorkbook):
    assert "Further lessons are called by name: slow-tasks.\n" in lesson.call().stdout


def test_a_lesson_is_on_the_last_step_unless_it_says_otherwise(lesson: SmallWorkbook):
    (lesson.root / "checks/slow_tasks/lesson.toml").unlink()
    assert "the finished step 03" in lesson.call("start", "slow-tasks").stdout


@pytest.mark.parametrize("text", ['on = "09"\n', "on = 3\n", "of = 3\n", "on\n"])
def test_a_lesson_on_no_step_is_named_with_what_to_do(lesson: SmallWorkbook, text: str):
    (lesson.root / "checks/slow_tasks/lesson.toml").write_text(text, encoding="utf-8")
    said = lesson.refuses("start", "slow-tasks")
    assert 'checks/slow_tasks/lesson.toml should name a step, such as: on = "03"' in said


def test_a_section_that_its_step_has_outgrown_is_named_with_both_lines(lesson: SmallWorkbook):
    lesson.write({TASKS: "other\n"}, below="steps/02-second")
    said = lesson.refuses("diff", "slow-tasks")
    assert said.startswith(
        "checks/slow_tasks/patches/1-section.patch, line 4, does not fit the project:"
        " line 2 of status/tasks.py should be empty, and is not there.\n"
    )


def test_a_clone_with_crlf_has_its_lessons(lesson: SmallWorkbook):
    for folder in ("steps", "checks"):
        for file in (lesson.root / folder).rglob("*.*"):
            if file.is_file():
                file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    said = lesson.does("diff", "slow-tasks", "--stat")
    assert "tasks.py" in said
    assert "2 +" in said


def test_each_lesson_of_the_workbook_has_a_page_and_fits_its_step(tmp_path: Path):
    for lesson in all_lessons():
        assert (ROOT / "docs" / f"{lesson.page}.md").is_file()
        lesson.copy_to(tmp_path / lesson.name)
