"""The page "What happens when …": its figures are those of a whole run, and no fault is missing."""

import re

import pytest

from tests.faults.record import FIGURES, TABLE, keep, recorded
from tests.faults.thresholds import BOUNDS, highest, require_within, table
from workbook.paths import ROOT

PAGE = ROOT / "docs" / "going-further" / "what-happens-when.md"
FAULTS, REFUSALS = range(1, 14), range(14, 20)


def test_the_page_tells_of_every_fault_and_every_refusal_once() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert rows == [*FAULTS, *REFUSALS]
    assert re.search(r"^```output\nfaults\n```$", text, re.MULTILINE)


def test_every_fault_has_a_figure() -> None:
    assert {bound.fault for bound in BOUNDS.values()} == set(FAULTS)


def test_every_figure_is_recorded_and_keeps_to_its_bound() -> None:
    assert list(recorded()) == list(BOUNDS)
    for name, value in recorded().items():
        assert value <= BOUNDS[name].most, name


def test_the_table_shows_what_is_recorded() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(recorded())


def test_a_figure_beyond_its_bound_is_red_and_not_recorded(tmp_path, monkeypatch) -> None:
    lines = tmp_path / "figures"
    monkeypatch.setenv("WORKBOOK_FAULTS_RECORD_TO", str(lines))
    require_within("delayed", 0.5)
    with pytest.raises(AssertionError, match=r"another is updated: 1\.5 s, not 1"):
        require_within("delayed", 1.5)
    require_within("delayed", 0.25)
    assert highest(lines.read_text(encoding="utf-8")) == {"delayed": 0.5}


def test_what_is_kept_is_the_figures_and_their_table(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tests.faults.record.FIGURES", tmp_path / FIGURES.name)
    monkeypatch.setattr("tests.faults.record.TABLE", tmp_path / TABLE.name)
    keep(dict.fromkeys(BOUNDS, 0.9876))
    assert recorded() == dict.fromkeys(BOUNDS, 0.988)
    lines = (tmp_path / TABLE.name).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(BOUNDS)
    assert re.search(r"Redis refuses: 503 and an error message +1\.0 s +2 s$", lines[1])
