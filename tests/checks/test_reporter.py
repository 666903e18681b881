"""What a run of checks prints, and how it ends: the voice that a learner hears."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from checks.reporting.formatting import block, log_lines, plain_lines
from checks.verdicts import NotYet
from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.terminals import run_in_terminal

MIXED = """
@check("The page answers at once")
def test_answers():
    raise NotYet(
        done="POST /check-status/ with a message",
        seen="HTTP 500 after 0.2 s",
        expected="a 2xx or a redirect in under 1 s, because a visitor should not wait for work",
        look_at="status/views.py: does the view wait for the task?",
        guide="03, Ask for it",
        words='Traceback:\\n  File "status/views.py", line 3\\nValueError: \\x1b[31mno\\x1b[0m',
    )

@check("The page names the task", after=(test_answers,))
def test_names(): ...

@check("Two questions deep", after=(test_names,))
def test_deep(): ...

@check("A browser sees it")
def test_browser():
    raise CannotTell("no Chromium was found. Install one: apt install chromium")

@check("The settings load")
def test_settings(): ...

@pytest.fixture(scope="module")
def worker():
    raise KeyError("oh")

@check("The worker answers")
def test_worker(worker): ...

@check("The worker works")
def test_works(worker): ...
"""

GOLDEN = """\
Step 03, on your project in work/

✗ The page answers at once
    done     POST /check-status/ with a message
    seen     HTTP 500 after 0.2 s
    expected a 2xx or a redirect in under 1 s, because a visitor should not wait
             for work
    open     status/views.py: does the view wait for the task?
    guide    03, Ask for it
    log
      │ Traceback:
      │   File "status/views.py", line 3
      │ ValueError: no
– A browser sees it: no Chromium was found. Install one: apt install chromium
✓ The settings load
– The worker answers: the check itself broke: KeyError: 'oh'
– 2 more wait for “The page answers at once”
– 1 more waits for this one; `-v` lists them

=============== 1 failed, 1 passed, 4 skipped, 1 error in 0.00s ================
Next: status/views.py: does the view wait for the task? Then
`python3 workbook check 03`
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """Return a small workbook with a `work/` at step 03; each test writes its checks."""
    made = make_tiny_checks(tmp_path_factory.mktemp("voice") / "small workbook")
    made.begin_work()
    return made


def passing(*titles: str) -> str:
    return "".join(
        f'@check("{title}")\ndef test_{number}(): ...\n' for number, title in enumerate(titles)
    )


def test_a_mixed_run_reads_like_this(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run()
    assert said.timeless == GOLDEN
    assert said.code == 1


def test_all_that_holds_ends_with_the_next_page(tiny: TinyChecks):
    tiny.write(passing("It holds"))
    said = tiny.run()
    assert said.code == 0
    assert said.lines[2] == "✓ It holds"
    end = "Next: page 04, which `python3 workbook guide` opens. Go on in work/ as it is; "
    assert f"Step 03 is done. {end}`python3 workbook start 04` starts again" in said.flat


def test_a_step_is_done_though_this_machine_lacks_what_one_check_looks_with(tiny: TinyChecks):
    lacks = '@check("A browser sees it")\ndef test_it(): raise Lacks("there is no Chromium")\n'
    tiny.write(f"from checks.verdicts import Lacks\n{passing('It holds')}\n{lacks}")
    said = tiny.run()
    assert said.code == 2
    assert "– A browser sees it: there is no Chromium" in said.text
    assert "Step 03 is done. Next: page 04" in said.text
    assert "one check was not looked at: there is no Chromium." in said.flat


def test_what_cannot_be_told_ends_with_code_2_and_the_way_out(tiny: TinyChecks):
    tiny.write('@check("It is there")\ndef test_it(): raise CannotTell("no Redis. Get one.")\n')
    said = tiny.run()
    assert said.code == 2
    assert "– It is there: no Redis. Get one." in said.lines
    end = "Next: look at the check marked – “It is there”, then `python3 workbook check 03`"
    assert said.flat.endswith(end)


def test_a_bug_of_ours_is_no_answer_and_shows_its_frames_on_request(tiny: TinyChecks):
    tiny.write('@check("It is there")\ndef test_it():\n    assert 1 == 2, "we erred"\n')
    said = tiny.run()
    assert said.code == 2
    assert "the check itself broke: AssertionError: we erred" in said.text
    assert "--trace" in said.lines[-1]
    assert "Traceback" not in said.text
    traced = tiny.run("checks/step_03", "--full-trace")
    assert 'test_tiny.py", line 5, in test_it' in traced.text
    assert "_pytest" not in traced.text


def test_a_failure_that_a_fixture_raises_is_told_once(tiny: TinyChecks):
    tiny.write(
        """
        @pytest.fixture(scope="module")
        def page():
            raise NotYet("asked", "nothing", "an answer", "manage.py", "03, Begin")

        @check("First")
        def test_first(page): ...

        @check("Second")
        def test_second(page): ...
        """
    )
    said = tiny.run()
    assert said.code == 1
    assert said.text.count("✗") == 1
    assert "– 1 more waits for this one; `-v` lists it" in said.lines
    assert "Second" not in said.text
    assert "– Second: waits for “First”" in tiny.run("checks/step_03", "--verbose").text


CHAIN = """
@check("First")
def test_first(): raise NotYet("asked", "nothing", "an answer", "manage.py", "03, Begin")
"""


def test_fifteen_that_wait_are_one_line_and_v_lists_them(tiny: TinyChecks):
    waiting = "\n".join(
        f'@check("Number {number}", after=(test_first,))\ndef test_{number}(): ...\n'
        for number in range(15)
    )
    tiny.write(CHAIN + waiting)
    said = tiny.run()
    assert said.lines[8] == "– 15 more wait for this one; `-v` lists them"
    assert said.text.count("–") == 1
    listed = tiny.run("checks/step_03", "-v")
    assert listed.text.count("waits for “First”") == 15
    assert "more wait" not in listed.text
    assert "Number 14: waits" in listed.text
    assert "wait" not in tiny.run("checks/step_03", "-q").text


def test_what_the_machine_lacks_keeps_a_line_of_its_own_for_each_check(tiny: TinyChecks):
    tiny.write(
        """
        from checks.verdicts import Lacks

        @pytest.fixture(scope="module")
        def browser(): raise Lacks("there is no Chromium")

        @check("It is seen")
        def test_seen(browser): ...

        @check("It is clicked")
        def test_clicked(browser): ...
        """
    )
    said = tiny.run()
    assert "– It is seen: there is no Chromium" in said.lines
    assert "– It is clicked: lacks the same as “It is seen”" in said.lines
    assert "more" not in said.text
    assert "2 checks were not looked at: there is no Chromium." in said.flat


def test_a_folder_without_a_project_is_told_once_and_not_for_each_check(tiny: TinyChecks):
    tiny.write(passing("One", "Two", "Three"))
    said = tiny.run("checks/step_03", "--target", "nowhere")
    assert said.lines[1:4] == [
        "– There is no folder nowhere.",
        "",
        "– 3 checks wait for that; `-v` lists them",
    ]
    assert "– Two" in tiny.run("checks/step_03", "--target", "nowhere", "-v").text


def test_an_open_exercise_alone_is_neither_no_test_nor_all_right(tiny: TinyChecks):
    source = """
    from checks.verdicts import Open, exercise

    @exercise("build a tower")
    def test_your_turn(): raise Open("It has one floor.")
    """
    tiny.write(source)
    said = tiny.run("checks/step_03/test_tiny.py")
    assert "the exercise alone was looked at in 0.00s" in said.timeless
    assert "no tests ran" not in said.text
    assert "✓" not in said.text
    assert said.lines[-1].startswith("☆ Your turn: build a tower.")


def test_a_folder_without_checks_says_so(tiny: TinyChecks):
    tiny.write("")
    said = tiny.run()
    assert "no check was found in 0.00s" in said.timeless
    assert said.code == pytest.ExitCode.NO_TESTS_COLLECTED


def test_an_awaited_check_runs_first_and_the_others_keep_their_order(tiny: TinyChecks):
    tiny.write('@check("Ground")\ndef test_ground(): ...\n', name="ground.py")
    tiny.write(
        """
        from checks.step_03.ground import test_ground

        @check("Early")
        def test_early(): ...

        def test_needs(): ...

        @check("Late", after=(test_ground,))
        def test_late(): ...

        check("Needs late", after=(test_late,))(test_needs)
        """
    )
    marks = [line for line in tiny.run().lines if line.startswith("✓")]
    assert marks == ["✓ Ground", "✓ Early", "✓ Late", "✓ Needs late"]


def test_a_check_chosen_with_k_runs_without_those_it_waits_for(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run("checks/step_03", "-k", "test_names")
    assert "✓ The page names the task" in said.lines
    assert said.code == 0
    assert "all of step 03, `python3 workbook check 03`" in said.text


def test_x_stops_at_the_first_failure(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run("checks/step_03", "-x")
    assert said.code == 1
    assert "1 failed in" in said.text
    assert "browser" not in said.text


def test_q_leaves_the_failures_and_the_counts(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run("checks/step_03", "-q")
    assert said.lines[0] == "✗ The page answers at once"
    assert said.lines[-1] == "1 failed, 1 passed, 4 skipped, 1 error in 0.00s"
    assert "–" not in said.text
    assert "Next" not in said.text


LISTED = """\
✗ The page answers at once  [checks/step_03/test_tiny.py::test_answers]
– The page names the task: waits for “The page answers at once”
  [checks/step_03/test_tiny.py::test_names]
– Two questions deep: waits for “The page names the task”
  [checks/step_03/test_tiny.py::test_deep]
– A browser sees it: no Chromium was found. Install one: apt install chromium
  [checks/step_03/test_tiny.py::test_browser]
✓ The settings load  [checks/step_03/test_tiny.py::test_settings]
– The worker answers: the check itself broke: KeyError: 'oh'
  [checks/step_03/test_tiny.py::test_worker]
– The worker works: waits for “The worker answers”
  [checks/step_03/test_tiny.py::test_works]
"""


def test_v_lists_every_check_in_its_place(tiny: TinyChecks):
    tiny.write(MIXED)
    lines = tiny.run("checks/step_03", "-v").lines
    listed = [line for line in lines if line.startswith((*"✓✗–", "  ["))]
    assert listed == LISTED.splitlines()


def test_v_adds_the_header_of_pytest_and_the_ids(tiny: TinyChecks):
    tiny.write(passing("It holds"))
    said = tiny.run("checks/step_03", "-v")
    assert "rootdir: " in said.text
    assert "✓ It holds  [checks/step_03/test_tiny.py::test_0]" in said.lines


def test_lf_runs_what_failed_and_says_when_there_is_more(tiny: TinyChecks):
    tiny.write(MIXED)
    tiny.run()
    said = tiny.run("checks/step_03", "--lf")
    assert "1 failed, 1 error in" in said.text
    tiny.write(MIXED.replace("raise NotYet", "dict").replace("raise KeyError", "str"))
    said = tiny.run("checks/step_03", "--lf")
    assert "Every check that ran is ✓. Next: all of step 03" in said.text


def test_collect_only_lists_and_runs_nothing(tiny: TinyChecks):
    tiny.write(passing("One", "Two"))
    said = tiny.run("checks/step_03", "--co", "-q")
    assert said.lines[:2] == [
        "checks/step_03/test_tiny.py::test_0",
        "checks/step_03/test_tiny.py::test_1",
    ]
    assert said.code == 0
    assert "✓" not in said.text


def test_junit_tells_the_outcomes_apart(tiny: TinyChecks, tmp_path: Path):
    tiny.write(MIXED)
    tiny.run("checks/step_03", f"--junitxml={tmp_path / 'junit.xml'}")
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    counts = {name: suite.get(name) for name in ("failures", "skipped", "errors", "tests")}
    assert counts == {"failures": "1", "skipped": "4", "errors": "1", "tests": "7"}
    assert suite.find(".//failure").get("message").startswith("✗ The page answers at once")


def test_the_exit_code_needs_no_terminal_plugin(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run("checks/step_03", "-p", "no:terminal")
    assert (said.code, said.text.strip()) == (1, "")


def test_rs_lists_the_reasons(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run("checks/step_03", "-rs")
    assert "SKIPPED [1] checks/step_03/test_tiny.py:" in said.text


def test_what_cannot_be_told_holds_no_password(tiny: TinyChecks, tmp_path: Path):
    tiny.write(
        """
@check("It can be told")
def test_it(): raise CannotTell("it ended with “mysql://me:Secret1@db.example: no host”")
@check("It does not break")
def test_breaks(): raise ValueError("netloc ':Secret1' contains invalid characters")
"""
    )
    report = tmp_path / "report.xml"
    text = tiny.run("checks/step_03", "-rs", f"--junitxml={report}").text
    for told in (text, report.read_text(encoding="utf-8")):
        assert "mysql://…@db.example" in told
        assert "Secret1" not in told


@pytest.mark.parametrize("where", ["checks/step_03/test_tiny.py::test_1", "checks/step_03::test_1"])
def test_one_check_can_be_named(tiny: TinyChecks, where: str):
    tiny.write(passing("One", "Two"))
    said = tiny.run(where)
    assert [line for line in said.lines if line.startswith("✓")] == ["✓ Two"]


def test_a_file_of_checks_that_cannot_be_read_is_no_answer(tiny: TinyChecks):
    tiny.write("import nothing_like_this\n")
    said = tiny.run()
    assert said.code == 2
    assert "– checks/step_03/test_tiny.py cannot be read" in said.text
    assert "No module named 'nothing_like_this'" in said.flat
    assert "✗" not in said.text


def test_text_is_wrapped_to_the_terminal_and_commands_are_kept_whole(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run(COLUMNS="60")
    assert max(map(len, said.lines)) <= 60
    assert "    expected a 2xx or a redirect in under 1 s, because a" in said.lines
    assert "             visitor should not wait for work" in said.lines
    assert said.lines[-1] == "`python3 workbook check 03`"
    wide = tiny.run(COLUMNS="300")
    assert max(len(line) for line in wide.lines if "===" not in line) <= 100


def test_a_pipe_gets_no_colour_and_no_status_line(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run()
    assert "\x1b" not in said.text
    assert "\r" not in said.text
    assert "\x1b[31m✗" in tiny.run("checks/step_03", "--color=yes").text


def test_a_terminal_makes_a_link_of_the_section_that_helps(tiny: TinyChecks):
    tiny.write(
        '@check("It is there")\ndef test_it():\n'
        '    raise NotYet("a", "b", "c", "d", guide="03, Ask for it")\n'
    )
    address = "http://localhost:8001/03-third.html#ask-for-it"
    linked = f"\x1b]8;;{address}\x1b\\03, Ask for it\x1b]8;;\x1b\\"
    assert linked in tiny.run("checks/step_03", "--color=yes").text
    assert "guide    03, Ask for it\n" in tiny.run().text


WAITING = """
import time
from checks.progress import awaiting

@check("It answers")
def test_it():
    with awaiting("the worker"):
        time.sleep(0.2)
"""


def test_a_terminal_gets_colour_and_a_status_line_that_goes_away(tiny: TinyChecks):
    tiny.write(WAITING)
    code, text = run_in_terminal(tiny.command(), tiny.root, tiny.environment(TERM="xterm"))
    assert code == 0
    assert "waiting for the worker …" in text
    assert "\x1b[32m✓ It answers" in text
    # Each \r begins the line anew: what stays is what was written last.
    stays = [line.rpartition("\r")[2] for line in text.replace("\r\n", "\n").split("\n")]
    assert not any("waiting" in line or "…" in line for line in stays)
    assert any("✓ It answers" in line for line in stays)


def test_no_color_is_respected_on_a_terminal(tiny: TinyChecks):
    tiny.write(WAITING)
    environment = tiny.environment(TERM="xterm", NO_COLOR="1")
    _, text = run_in_terminal(tiny.command(), tiny.root, environment)
    assert "✓ It answers" in text
    assert "\x1b" not in text


def test_a_narrow_encoding_has_other_marks_and_the_same_words(tiny: TinyChecks):
    tiny.write(MIXED)
    said = tiny.run(PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert said.code == 1
    assert "x The page answers at once" in said.text


def not_yet(**fields: str) -> NotYet:
    given = dict.fromkeys(("done", "seen", "expected", "look_at", "guide"), "-") | fields
    return NotYet(**given)


def test_words_of_any_size_become_a_few_short_lines():
    words = "\n".join(f"line {number}\x07" for number in range(4_000_000))
    shown = log_lines(words)
    assert shown[0] == "…"
    assert shown[-1] == "line 3999999"
    assert len(shown) < 20
    assert all(len(line) < 320 for line in log_lines("x" * 50_000_000))
    assert len(list(block(not_yet(seen="y " * 25_000_000, words=words), 60))) < 60


def test_nothing_that_steers_a_terminal_gets_through():
    hostile = "\x1b]0;title\x07a\x1b[2Jb\x1b[?25lc\x9b31md\u202ee\x00f\tg\rh"
    assert plain_lines(hostile) == ["abcdef    g", "h"]
    shown = "".join(text for _, text in block(not_yet(seen=hostile, words=hostile), 80))
    assert shown.isprintable()


def test_checks_are_not_spread_over_processes(tiny: TinyChecks):
    tiny.write(passing("It holds"))
    said = tiny.run("-p", "xdist", "checks/step_03", "-n2")
    assert said.code == pytest.ExitCode.USAGE_ERROR
    assert "leave out -n" in said.text


def test_an_interrupted_run_is_interrupted(tiny: TinyChecks):
    tiny.write('@check("It")\ndef test_it(): raise KeyboardInterrupt\n')
    said = tiny.run()
    assert said.code == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said.text


def test_an_interrupted_run_is_not_done_where_all_that_was_asked_holds(tiny: TinyChecks):
    first = '@check("First")\ndef test_first(): ...\n'
    tiny.write(first + '@check("Second")\ndef test_second(): raise KeyboardInterrupt\n')
    said = tiny.run()
    assert "is done" not in said.text
    assert "Every check that ran is ✓. Next: all of step 03" in said.text
