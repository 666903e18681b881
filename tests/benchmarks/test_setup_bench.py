"""The benchmark of the set-up: its figures are what happened, and nothing is left of it."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks.setup import rounds
from benchmarks.setup.__main__ import measure, result_of
from benchmarks.setup.results import Reading, SetupResult
from benchmarks.setup.rounds import make_clone, measure_way
from benchmarks.setup.traffic import Addresses, Traffic
from benchmarks.setup.ways import FORMER, TODAY, network_sources
from benchmarks.support.result_files import recorded
from benchmarks.support.system_info import RunStart
from tests.support.quick_workbook import (
    FETCHED_BYTES,
    REST_SECONDS,
    SERVER,
    file_server,
    make_quick_workbook,
)
from workbook.errors import WorkbookError
from workbook.runtime import run_records
from workbook.runtime.process_tree import is_alive


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the benchmark's rounds be in a folder of the test's own."""
    monkeypatch.setattr(run_records, "STATE", tmp_path)
    monkeypatch.setattr(run_records, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a workbook that sets up in a moment."""
    monkeypatch.setenv("SERVERS_PYTHON", sys.executable)
    with file_server() as port:
        monkeypatch.setenv("FILE_PORT", str(port))
        yield make_quick_workbook(tmp_path / "quick")


def test_a_round_tells_fetching_from_the_rest_and_leaves_nothing(quick, runs) -> None:
    before = children()
    reading = measure_way(TODAY, quick)
    # The heads of the answers are fetched as well.
    assert FETCHED_BYTES <= reading.fetched_bytes <= FETCHED_BYTES + 1000
    assert 0 < reading.fetching < reading.first
    assert reading.rest >= REST_SECONDS
    assert len(reading.alone) == 3
    assert min(reading.alone) > 0
    assert reading.second < reading.first
    assert list(runs.iterdir()) == []
    assert children() <= before


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("print('no port for me')", r"Today: run 05 ended before a status came(.|\n)*no port for"),
        (SERVER.replace("RUNNING", ""), r"Today: run 05 brought no status within 2 s"),
    ],
)
def test_run_without_a_status(server, sentence, quick, runs, tmp_path, monkeypatch) -> None:
    before = children()
    monkeypatch.setattr(rounds, "FIRST_SECONDS", 2)
    broken = make_quick_workbook(tmp_path / "broken", server=server)
    with pytest.raises(WorkbookError, match=sentence):
        measure_way(TODAY, broken)
    assert list(runs.iterdir()) == []
    assert children() <= before


def test_a_command_that_fails_is_named_with_its_last_lines(quick) -> None:
    failing = [[sys.executable, "-c", "import sys; sys.exit('no space left')"]]
    way = replace(TODAY, installing=lambda _clone: failing)
    with pytest.raises(WorkbookError, match=r"ended with 1\. Its last lines:\n  no space left"):
        measure_way(way, quick)


def test_a_set_up_that_fetches_past_the_proxy_is_no_reading(quick, tmp_path) -> None:
    tool = (
        "import os, sys; python = os.environ['SERVERS_PYTHON']\n"
        "os.execv(python, [python, 'server.py', sys.argv[-1]])\n"
    )
    with pytest.raises(WorkbookError, match="fetched nothing through the proxy"):
        measure_way(TODAY, make_quick_workbook(tmp_path / "past", tool))


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(WorkbookError, match="needs a workbook that git can clone"):
        make_clone(tmp_path / "plain", tmp_path / "clone")


def test_a_wait_for_an_answer_is_fetching_and_a_pause_after_one_is_not() -> None:
    traffic = Traffic()
    for received, at in [(0, 0.0), (100, 0.75), (100, 0.8), (0, 5.0), (50, 5.25)]:
        traffic.note(received, at)
    assert traffic.fetching_seconds == pytest.approx(0.75 + 0.05 + 0.25)
    assert traffic.fetched_bytes == 250


def test_pip_is_told_its_sources_alone(tmp_path, monkeypatch) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://index.example/simple\nfind-links = /wheels\n"
        "extra-index-url = file:///more https://more.example/simple\n[install]\nretries = 7\n",
        encoding="utf-8",
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_RETRIES", "3")
    told = network_sources()
    assert told["PIP_INDEX_URL"] == "https://index.example/simple"
    assert told["PIP_EXTRA_INDEX_URL"] == "https://more.example/simple"
    assert told["PIP_RETRIES"] == "3"
    assert told["PIP_CONFIG_FILE"] == os.devnull
    assert "PIP_FIND_LINKS" not in told


def test_a_ratio_is_taken_round_by_round_and_an_aim_that_is_missed_is_told() -> None:
    today = [Reading(10, 4, 30, 5, [0.1, 0.2, 0.3]), Reading(20, 6, 30, 3, [0.2])]
    former = [Reading(20, 10, 60, 5, []), Reading(80, 30, 120, 5, [])]
    result = result_of({TODAY.name: today, FORMER.name: former}, RunStart())
    assert (result.time_ratio.median, result.bytes_ratio.median) == (0.375, 0.375)
    assert [aim.is_met for aim in result.aims] == [True, True, True, True]
    slow = [Reading(30, 4, 90, 5, [0.4])] * 2
    result = result_of({TODAY.name: slow, FORMER.name: former}, RunStart())
    assert [aim.is_met for aim in result.aims] == [False, False, False, False]


def test_the_recorded_run_of_five_rounds_meets_every_aim() -> None:
    result = recorded("setup", SetupResult)
    assert result.rounds >= 5
    assert [aim.text for aim in result.aims if not aim.is_met] == []


def test_the_counting_proxy_asks_for_the_address_of_a_host_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    async def getaddrinfo(_loop: object, host: str, *_: object, **__: object) -> list[tuple]:
        asked.append(host)
        await asyncio.sleep(0.01)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.7", 0))]

    async def twenty_tunnels() -> list[str]:
        addresses = Addresses()
        return await asyncio.gather(*(addresses.of("index.example") for _ in range(20)))

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    assert asyncio.run(twenty_tunnels()) == ["192.0.2.7"] * 20
    assert asked == ["index.example"]


@pytest.mark.long
def test_a_real_round_of_both_ways_fetches_and_comes_to_a_status() -> None:
    today, former = measure(rounds=1).rows
    assert today.fetched_mb.median > 10
    assert former.fetched_mb.median > 50
    assert today.second.median < today.first.median


def children() -> set[psutil.Process]:
    """Return the processes below this one that still run: other modules' too, such as servers."""
    return set(filter(is_alive, psutil.Process().children(recursive=True)))
