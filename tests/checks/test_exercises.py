"""How an exercise is told: ★ or ☆ below what to do next, and never in the way of the step."""

import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks

STEP = """
@check("It works")
def test_works():
    {works}

@check("It is right", after=(test_works,))
def test_right(): ...

@check("It is pretty")
def test_pretty():
    {pretty}
"""
EXERCISE = """
from checks.verdicts import Open, exercise
from checks.step_03 import test_tiny as step

@exercise("build a tower", after=(step.test_right,), left_out={left_out})
def test_your_turn():
    {body}
"""
NO = 'raise NotYet("did it", "no", "yes", "file.py", "03, Section")'
BLIND = 'raise CannotTell("there is no browser")'
ONE_FLOOR = 'raise Open("It has one floor. What comes next?")'
OPEN = "☆ Your turn: build a tower. It has one floor. What comes next? Guide: 03, Your turn."


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """Return a small workbook with a `work/` at step 03; each test writes its checks."""
    made = make_tiny_checks(tmp_path_factory.mktemp("voice") / "small workbook")
    made.begin_work()
    return made


def write_exercise(
    tiny: TinyChecks,
    body: str,
    works: str = "pass",
    pretty: str = "pass",
    *,
    left_out: bool = False,
) -> None:
    tiny.write(STEP.format(works=works, pretty=pretty))
    tiny.write(EXERCISE.format(body=body, left_out=left_out), name="test_your_turn.py")


def test_an_open_exercise_comes_after_the_step_is_done_and_is_no_failure(tiny: TinyChecks):
    write_exercise(tiny, ONE_FLOOR)
    said = tiny.run()
    assert said.code == 0
    assert "3 passed in" in said.text
    end = said.flat.partition("Step 03 is done. Next: page 04, ")[2]
    assert end.endswith(f"starts again from a clean base {OPEN}")


def test_a_solved_exercise_gets_its_star(tiny: TinyChecks):
    write_exercise(tiny, "pass")
    said = tiny.run()
    assert said.code == 0
    assert said.lines[-1] == "★ Your turn: build a tower. Done."
    assert "3 passed in" in said.text


def test_a_page_that_goes_on_without_a_solved_exercise_is_begun_from_a_clean_base(tiny: TinyChecks):
    write_exercise(tiny, "pass", left_out=True)
    said = tiny.run().flat
    assert "It goes on without your exercise: `python3 workbook start 04` begins it" in said
    assert "Go on in work/" not in said


def test_no_word_about_it_while_any_check_of_the_step_fails(tiny: TinyChecks):
    write_exercise(tiny, ONE_FLOOR, pretty=NO)
    said = tiny.run()
    assert said.code == 1
    assert "Your turn" not in said.text
    assert "1 failed, 2 passed in" in said.text
    write_exercise(tiny, ONE_FLOOR, works=NO)
    assert "1 failed, 1 passed, 1 skipped in" in tiny.run().text


def test_what_the_surroundings_keep_from_being_told_does_not_keep_it_back(tiny: TinyChecks):
    write_exercise(tiny, ONE_FLOOR, pretty=BLIND)
    said = tiny.run()
    assert said.code == 2
    assert said.flat.endswith(OPEN)


def test_an_exercise_whose_check_breaks_says_so_and_fails_nothing(tiny: TinyChecks):
    write_exercise(tiny, '{}["oh"]')
    said = tiny.run()
    assert said.code == 0
    assert "☆ Your turn: build a tower. The check itself broke: KeyError: 'oh'." in said.flat
    traced = tiny.run("checks/step_03", "--full-trace")
    assert 'test_your_turn.py", line' in traced.text
    assert traced.code == 0


def test_a_project_that_gives_way_under_the_exercise_is_told_in_words(tiny: TinyChecks):
    write_exercise(
        tiny, 'raise NotYet("started the worker again", "it ended", "pong", "tasks.py?", "01, X")'
    )
    said = tiny.run()
    assert said.code == 0
    assert "started the worker again: it ended. tasks.py?" in said.flat
    assert "✗" not in said.text


def test_it_can_be_asked_for_alone(tiny: TinyChecks):
    write_exercise(tiny, ONE_FLOOR)
    said = tiny.run("checks/step_03/test_your_turn.py")
    assert said.code == 0
    assert OPEN in said.flat
