"""What an old code page cannot hold: neither an error, nor a row of question marks."""

import os
import sys

import pytest

from tests.support.commands import run_command
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.runtime.readable import READABLE

CODE_PAGES = ("cp1252", "cp437", "cp850", "ascii")
MARKS = "✓ “it holds” – ✗ not yet → look…"


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_marks_and_quotes_have_a_stand_in(code_page: str):
    shown = MARKS.encode(code_page, READABLE).decode(code_page)
    assert "?" not in shown
    assert shown[0] == "+"
    assert shown.startswith(("+ “it holds” – x", '+ "it holds" - x'))


def test_a_stand_in_is_as_wide_as_a_mark():
    assert len("✓✗–★│“”".encode("ascii", READABLE)) == 7


def test_what_has_no_stand_in_is_a_question_mark():
    assert "日 and ü".encode("ascii", READABLE) == b"? and ?"


@pytest.mark.parametrize("code_page", CODE_PAGES)
@pytest.mark.parametrize("verb", [["doctor"], ["--help"], ["nothing"], ["diff", "02"]])
def test_no_verb_fails_on_an_old_code_page(small: SmallWorkbook, code_page: str, verb: list[str]):
    answer = small.call(*verb, PYTHONIOENCODING=code_page)
    assert "Traceback" not in answer.stdout + answer.stderr
    assert answer.stdout + answer.stderr


@pytest.mark.parametrize("code_page", CODE_PAGES[:2])
def test_the_checks_say_what_they_found_on_an_old_code_page(code_page: str):
    """They run in pytest, which writes \\u2713 where its terminal knows no ✓."""
    command = [sys.executable, "-m", "pytest", "checks/step_01", "-p", "no:cacheprovider"]
    answer = run_command(
        [*command, "--target", "steps/01-configure-celery", "-k", "django_loads"],
        ROOT,
        os.environ | {"PYTHONIOENCODING": code_page},
    )
    assert "\\u" not in answer.stdout
    assert any(line.startswith("+ Django loads") for line in answer.stdout.splitlines())
