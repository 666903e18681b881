"""The guide's figures are those of the recorded runs, whatever these say."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from benchmarks.charts import Bar, bars
from benchmarks.checks.__main__ import ChecksResult
from benchmarks.guide_figures import DRAWINGS, drawn
from benchmarks.poll.results import PollResult
from benchmarks.push.__main__ import complaints
from benchmarks.push.results import PushResult
from benchmarks.push.table import AIMS, FASTER, times_the_original
from benchmarks.push.variants import RUNGS, STEP_05, ladder
from benchmarks.support import result_files
from benchmarks.support.result_files import recorded, store
from benchmarks.versions import NAME
from docs_ext.benchmark_fences import figures
from docs_ext.markdown_fences import fences_of
from workbook.errors import WorkbookError
from workbook.paths import ROOT

PAGE = ROOT / "docs" / "going-further" / "a-thousand-visitors.md"
OTHER_PAGES = [
    PAGE.with_name("more-than-one-machine.md"),
    PAGE.with_name("gevent-and-asyncio.md"),
    ROOT / "docs" / "set-up.md",
]


@pytest.fixture
def other_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PushResult:
    """Let another run be the recorded one: a run in which the first row took 7,654 ms."""
    result = recorded("push", PushResult)
    first, *others = result.rows
    slow = [replace(size, last_ms=replace(size.last_ms, median=7654.0)) for size in first.sizes]
    monkeypatch.setattr(result_files, "RESULTS", tmp_path)
    other = replace(result, rows=[replace(first, sizes=slow), *others])
    store("push", other)
    return other


def test_what_is_stored_is_what_is_read_again(other_results: PushResult) -> None:
    assert recorded("push", PushResult) == other_results


def test_a_picture_and_a_table_follow_the_recorded_run(other_results: PushResult) -> None:
    assert "7.7 s" in drawn("push/table")
    assert "7.7 s" in drawn("push/chart")


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_drawing_is_well_formed_and_holds_no_blank_line(name: str) -> None:
    html = drawn(name)
    ElementTree.fromstring(html)
    assert "\n\n" not in html


@pytest.mark.parametrize("name", [name for name in DRAWINGS if name.endswith("/chart")])
def test_a_chart_says_its_figures_in_words_too(name: str) -> None:
    chart = ElementTree.fromstring(drawn(name))
    title = chart.find("title").text
    values = [text.text for text in chart.iter("text") if text.get("class") == "value"]
    assert values
    assert [value for value in values if value not in title] == []


def test_a_bar_is_as_long_as_its_value_and_no_text_leaves_the_picture() -> None:
    shown = [Bar("a", 50, 40, 60, "50 ms"), Bar("b", 100, 90, 120, "100 ms", is_strong=True)]
    chart = ElementTree.fromstring(bars("x", "Two bars", shown))
    short, long = (float(rect.get("width")) for rect in chart.iter("rect"))
    assert long == pytest.approx(2 * short, rel=0.01)
    width = int(chart.get("viewBox").split()[2])
    assert all(float(text.get("x")) < width - 60 for text in chart.iter("text"))


def test_figures_that_are_none_stop_the_build_and_name_those_there_are() -> None:
    with pytest.raises(SuperFencesException, match=r"no figures “push/x”\. There are: push/chart"):
        figures("push/x", "figures", "figures", {}, Markdown())


def test_a_result_of_another_form_is_refused_with_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(result_files, "RESULTS", tmp_path)
    with pytest.raises(WorkbookError, match=r"There is no .*/push\.json\. Record it"):
        recorded("push", PushResult)
    (tmp_path / "push.json").write_text(json.dumps({"rounds": 3}), encoding="utf-8")
    with pytest.raises(WorkbookError, match="is not what the benchmark writes today"):
        recorded("push", PushResult)


def test_the_pages_show_every_drawing_and_every_rung() -> None:
    fences = list(fences_of(PAGE))
    everywhere = [*fences, *(fence for page in OTHER_PAGES for fence in fences_of(page))]
    shown = {fence.body.strip() for fence in everywhere if fence.language == "figures"}
    assert shown == DRAWINGS.keys()
    assert [f.body.strip() for f in fences if f.language == "rung"] == list(RUNGS)


def test_no_time_is_typed_by_hand_on_the_page() -> None:
    prose = re.sub(r"```.*?```", "", PAGE.read_text("utf-8"), flags=re.S)
    assert re.findall(r"\b\d[\d.,]*\s?(?:ms|µs|KiB|MiB)\b", prose) == []


def test_in_the_recorded_run_step_05_lost_nobody_and_turned_nobody_away() -> None:
    result = recorded("push", PushResult)
    assert complaints([STEP_05], result) == []
    assert result.rounds >= 3
    assert result.sizes == [1, 100, 500, 1000]


def test_in_the_recorded_run_no_rung_is_slower_than_the_one_below() -> None:
    names = ["original", *(row.name for row in ladder())]
    result = recorded("push", PushResult)
    waits = [result.row(name).sizes[-1].last_ms.median for name in names]
    # Some save the same for a thousand as for one: nearly nothing, beside the rest.
    assert all(above <= 1.1 * below for below, above in pairwise(waits))


@pytest.mark.parametrize(("name", "visitors"), [(row, size) for row in AIMS for size in AIMS[row]])
def test_in_the_recorded_run_the_aims_are_met(name: str, visitors: int) -> None:
    size = recorded("push", PushResult).row(name).at(visitors)
    assert size.times_limit.median <= AIMS[name][visitors]


@pytest.mark.parametrize("name", FASTER)
def test_in_the_recorded_run_a_row_is_faster_than_the_original(name: str) -> None:
    times = times_the_original(recorded("push", PushResult), name)
    assert times is not None
    assert times >= FASTER[name]


def test_in_the_recorded_run_asking_costs_many_times_as_much_as_being_told() -> None:
    *asked, told = recorded("poll", PollResult).rows
    assert all(row.cpu_visitors.median > 10 * told.cpu_visitors.median for row in asked)
    assert all(row.median_ms.median > 5 * told.median_ms.median for row in asked)


def test_page_01_says_how_long_the_recorded_checks_took() -> None:
    seconds = {row.step: row.checks for row in recorded("checks", ChecksResult).steps}
    page = (ROOT / "docs" / "01-configure-celery.md").read_text("utf-8")
    assert "This takes about four seconds, and from page 03 on up to a quarter of a minute." in page
    assert round(seconds[1]) == 4
    assert 12 < max(seconds[step] for step in (3, 4, 5)) <= 15


def test_no_recorded_run_names_whose_machine_it_was() -> None:
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        if path.stem == NAME:
            continue  # versions alone: no figure there depends on the machine
        machine = json.loads(path.read_text("utf-8"))["machine"]
        assert set(machine) == {
            *("recorded", "cores", "memory_gib", "cpu", "system", "python"),
            *("redis_server", "packages"),
        }
