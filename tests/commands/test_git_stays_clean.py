"""No verb leaves a trace that git would see."""

import signal

import pytest

from tests.support.commands import run_command
from tests.support.tool_process import lay_project, tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port


@pytest.fixture
def committed(small: SmallWorkbook) -> SmallWorkbook:
    """Return a small workbook in git, everything in it committed."""
    lay_project(small.root / "steps" / "01-first")
    git(small, "init", "--quiet")
    git(small, "add", "--all")
    git(small, "-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "-qm", "All")
    return small


def git(small: SmallWorkbook, *words: str) -> str:
    done = run_command(["git", *words], small.root, check=True)
    return done.stdout


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["start", "01"],
        ["start", "03"],
        ["diff", "02"],
        ["doctor"],
        ["check", "02"],
        ["run", "7"],
    ],
    ids=" ".join,
)
def test_verb_that_ends_by_itself(committed: SmallWorkbook, words: list[str]) -> None:
    committed.call(*words)
    assert git(committed, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", [["run", "01"], ["redis"], ["guide"]], ids=" ".join)
def test_verb_that_is_stopped(committed: SmallWorkbook, words: list[str]) -> None:
    with tool_run(committed, *words, "--port", str(port := free_port())) as run:
        run.wait_for(str(port))
        run.signal_and_wait(signal.SIGINT)
    assert git(committed, "status", "--porcelain") == ""
