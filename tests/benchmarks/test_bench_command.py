"""The verb `bench`: what it refuses in words, and that nothing is left of a run that was ended."""

import signal

import pytest

from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import ToolRun, tool_run, wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.cli import main
from workbook.paths import ROOT
from workbook.runtime.child_environment import MARK
from workbook.runtime.run_records import end_leftovers

READY_SECONDS = 60


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bench", "pull"], "There is no benchmark “pull”. These are the benchmarks: push, many"),
        (["bench", "--record"], "“--record” goes to one benchmark alone: name one of push, many"),
    ],
)
def test_a_wrong_call_is_refused_with_what_there_is(words, sentence, capsys) -> None:
    assert main(words) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("name", ["push", "poll", "setup"])
@pytest.mark.parametrize("option", ["--rounds=0", "--sizes=1,x", "--visitors=-1"])
def test_benchmark_refuses_what_is_no_number(name, option, capfd) -> None:
    assert main(["bench", name, option]) == 1
    said = capfd.readouterr().err
    assert f"bench {name} --help" in said
    assert "Traceback" not in said


@REDIS_SERVER
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_leaves_nothing_running(end: signal.Signals) -> None:
    with tool_run(SmallWorkbook(ROOT), "bench", "push", "--sizes", "1") as tool:
        _wait_for_a_server(tool)
        tool.process.send_signal(end)
        assert tool.ends(READY_SECONDS) != 0
        assert tool.left() == []
    assert "Stopped: nothing is left running." in tool.text


@REDIS_SERVER
def test_what_a_killed_run_left_is_ended_by_the_next_call() -> None:
    with tool_run(SmallWorkbook(ROOT), "bench", "push", "--sizes", "1") as tool:
        _wait_for_a_server(tool)
        running = {process: process.cmdline() for process in tool.left()}
        # Without its files a server that starts ends by itself, sometimes: so look at the mark too.
        assert all(MARK in one.environ() for one, words in running.items() if "runserver" in words)
        for process, words in running.items():
            if "benchmarks.push" in words:
                process.kill()
        tool.ends(READY_SECONDS)
        # Somebody else's call may have come first: it clears up as well.
        end_leftovers()
        wait_until(lambda: tool.left() == [], READY_SECONDS, lambda: f"the end of {tool.left()}")


def _wait_for_a_server(tool: ToolRun) -> None:
    """Wait until the server of a first project runs, beside all of LIMIT."""
    wait_until(
        lambda: any("runserver" in words for words in tool.command_lines()),
        READY_SECONDS,
        lambda: f"a server among {tool.left()}; it said:\n{tool.text}",
    )
