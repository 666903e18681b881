"""The table of versions: what is recorded, and what a reader is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.guide_figures import drawn
from benchmarks.support import result_files
from benchmarks.versions import FAILS, HOLDS, LEFT_OUT, Proof, RoundResult, recorded_versions
from tests.versions import table
from tests.versions.rounds import COMBINATIONS, ORDER, WHY_HTMX_2, left_out, select
from tests.versions.table import keep, lines
from workbook.errors import WorkbookError

ROUND = RoundResult(
    "",
    "3.14.2",
    "5.2.1",
    "here",
    "2026-01-02",
    [Proof("set-up", HOLDS, 2.4), Proof("run 05", HOLDS, 3)],
)
BROKEN = replace(
    ROUND, proofs=[*ROUND.proofs, Proof("check 03", FAILS, 1.0, "“The page loads htmx”")]
)
HTMX_4 = next(one for one in COMBINATIONS if one.expected)


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the recorded table be the test's own."""
    monkeypatch.setattr(result_files, "RESULTS", tmp_path)
    monkeypatch.setattr(table, "RESULTS", tmp_path)
    return tmp_path


def test_a_row_shows_the_versions_what_was_proven_and_the_result():
    (row,) = lines(ROUND)
    assert row.split() == ["3.14.2", "5.2.1", "✓", "set-up", "✓", "run", "05", "5", "holds"]


def test_a_failure_is_named_below_its_row():
    row, reason = lines(BROKEN)
    assert row.endswith("fails")
    assert reason.strip() == "check 03 fails: “The page loads htmx”."
    assert not BROKEN.is_as_expected


def test_a_round_whose_proofs_were_all_left_out_does_not_hold():
    nothing = replace(ROUND, proofs=[Proof("page 01", LEFT_OUT, 0.1, "no namespaces")])
    assert nothing.outcome == replace(ROUND, proofs=[]).outcome == LEFT_OUT
    assert not nothing.is_as_expected
    assert replace(ROUND, proofs=[*ROUND.proofs, *nothing.proofs]).outcome == HOLDS


def test_an_expected_failure_says_why_it_is_there_and_its_success_is_a_surprise():
    expected = replace(BROKEN, expected=WHY_HTMX_2)
    assert expected.is_as_expected
    assert list(lines(expected))[-1].strip() == WHY_HTMX_2
    broken = replace(expected, proofs=[Proof("set-up", FAILS, 1.0, "no network")])
    assert not broken.is_as_expected
    surprise = replace(ROUND, expected=WHY_HTMX_2)
    assert not surprise.is_as_expected
    assert surprise.verdict == "holds, not as expected"


def test_rows_are_kept_in_their_order_and_each_is_replaced_by_its_newer_one(results: Path):
    older = replace(ROUND, python="3.11.7")
    keep([ROUND, older], ORDER)
    newer = replace(ROUND, python="3.14.9", recorded="2026-02-03")
    keep([newer], ORDER)
    assert recorded_versions().rounds == [older, newer]
    assert [file.name for file in results.iterdir()] == ["versions.json"]


def test_a_round_left_out_takes_no_proven_row_away():
    combination = next(one for one in COMBINATIONS if one.python == "3.14")
    keep([ROUND], ORDER)
    keep([left_out(combination, "debootstrap needs root")], ORDER)
    assert recorded_versions().rounds == [ROUND]
    other = left_out(HTMX_4, "no network")
    keep([other], ORDER)
    assert [one.outcome for one in recorded_versions().rounds] == [HOLDS, LEFT_OUT]
    assert "Left out: no network." in " ".join(lines(other))


def test_the_guide_s_table_follows_what_is_recorded():
    keep([ROUND, replace(BROKEN, python="3.15.1")], ORDER)
    assert "3.14.2" in drawn("versions/table")
    assert "holds, 2026-01-02" in drawn("versions/table")
    assert "“The page loads htmx”" in drawn("versions/reasons")


def test_a_python_that_the_table_has_not_is_refused_with_those_it_has():
    with pytest.raises(WorkbookError, match=r"“3\.10” is no Python of the table.*3\.11, 3\.12"):
        select(["3.10"])
    assert {one.python for one in select(["3.14"])} == {"3.14"}
    assert select([]) == list(COMBINATIONS)
