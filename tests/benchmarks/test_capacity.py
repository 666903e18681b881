"""What ten thousand and a million visitors would need, reckoned from the recorded run."""

import re
from dataclasses import replace

import pytest

from benchmarks import capacity
from benchmarks.capacity import CONNECTING, LETTING_IN, WRITING, Costs, Need, needs
from benchmarks.guide_figures import drawn
from benchmarks.push.results import PushResult
from benchmarks.support import result_files
from benchmarks.support.result_files import recorded, store
from workbook.paths import ROOT

PAGE = ROOT / "docs" / "going-further" / "more-than-one-machine.md"
CHEAP = Costs(cpu_us_per_frame=1, memory_kib_per_socket=64, handshakes_per_second=1_000_000)


def need(visitors: int = 1_000_000, costs: Costs = CHEAP) -> Need:
    return Need("a site", visitors, costs, frame_bytes=125)


@pytest.mark.parametrize(
    ("costs", "bottleneck", "processes"),
    [
        # A million frames of 100 µs are 100 s of work, and all are due within one.
        (replace(CHEAP, cpu_us_per_frame=100), WRITING, 100),
        # A million at 200 a second: 5,000 s, and all are to be back within 30.
        (replace(CHEAP, handshakes_per_second=200), LETTING_IN, 167),
        # 28,232 ports lead from one proxy to one web process.
        (CHEAP, CONNECTING, 36),
    ],
)
def test_the_bottleneck_is_what_asks_for_the_most_web_processes(costs, bottleneck, processes):
    assert (need(costs=costs).bottleneck, need(costs=costs).processes) == (bottleneck, processes)


def test_what_all_share_grows_with_the_visitors_and_a_common_status_with_the_processes_alone():
    needed = need(costs=replace(CHEAP, cpu_us_per_frame=99))
    assert needed.memory_bytes == 64 * 1024 * 1_000_000
    assert needed.bits_per_second == 1e9
    assert needed.redis_for_all == (99 + 1) / 5
    assert needed.redis_for_each == 400_000


def test_who_gets_more_processes_than_coming_back_asks_for_is_back_sooner():
    costs = Costs(cpu_us_per_frame=300, memory_kib_per_socket=1, handshakes_per_second=200)
    assert need(10_000, costs).back_seconds == pytest.approx(10_000 / 200 / 3)


def test_the_table_follows_the_recorded_run(tmp_path, monkeypatch):
    result = recorded("push", PushResult)
    step_05 = needs()[0].costs
    dear = [
        replace(row, cpu_us_per_frame=replace(row.cpu_us_per_frame, median=765_400.0))
        if row.name == "step-05"
        else row
        for row in result.rows
    ]
    monkeypatch.setattr(result_files, "RESULTS", tmp_path)
    store("push", replace(result, rows=dear))
    # 10,000 frames of 0.7654 s.
    assert "<td>7,654</td>" in drawn("push/capacity")
    assert needs()[0].costs == replace(step_05, cpu_us_per_frame=765_400.0)


def test_a_run_without_the_row_is_refused_with_what_to_do(tmp_path, monkeypatch, capsys):
    result = recorded("push", PushResult)
    monkeypatch.setattr(result_files, "RESULTS", tmp_path)
    store("push", replace(result, rows=[row for row in result.rows if row.name != "step-05"]))
    assert capacity.main() == 1
    assert capsys.readouterr().err == (
        "The recorded run has no row “step-05”. Record it: python3 workbook bench push --record\n"
    )


def test_the_script_prints_a_column_for_each_site_and_size(capsys):
    assert capacity.main() == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in re.split(r"\s{2,}", head.strip())] == [
        f"{site}, {visitors}"
        for site in ("Step 05", "Top rung")
        for visitors in ("10,000", "1,000,000")
    ]
    assert len(rows) == 10


def test_the_page_says_what_is_taken_for_granted_and_its_words_fit_the_recorded_run():
    text = PAGE.read_text(encoding="utf-8")
    assert f"{capacity.PORTS:,} of them" in text
    assert f"about {capacity.REDIS_PER_SECOND:,} operations a second" in text
    assert (capacity.STATUS_SECONDS, capacity.LAST_SECONDS, capacity.BACK_SECONDS) == (5, 1, 30)
    assert "a status every five seconds" in text
    assert "within one second" in text
    assert "within 30." in text
    assert capacity.REDIS_PER_VISITOR == 9
    assert "nine commands" in text
    # "The ladder makes writing cheap. Then the rush after a restart decides."
    found = {(need.site, need.visitors): need for need in needs()}
    for visitors in capacity.CROWDS:
        step_05, top = found["Step 05", visitors], found["Top rung", visitors]
        assert top.demands[WRITING] < step_05.demands[WRITING]
        assert top.bottleneck == LETTING_IN
