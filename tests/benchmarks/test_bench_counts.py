"""The benchmark sees what must not happen: a status that is lost, a visitor who is dropped."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, repeat
from unittest.mock import Mock

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from benchmarks.push import rounds
from benchmarks.push.deployments import Site
from benchmarks.push.results import Readings, RowResult, failures, row_result
from benchmarks.push.rounds import Plan, Rounds
from benchmarks.push.variants import LIMIT, STEP_03, Row
from benchmarks.support.load_generator import Delivery, LoadWorker, Opened, Standing, load_worker
from benchmarks.support.statistics_summary import Figure, figure, ratio
from benchmarks.support.visitors import STAMP, Address
from tests.support.tool_process import wait_until
from workbook.runtime.ports import LOOPBACK, free_port

SECONDS = 20
SHORT = Plan(sizes=(1, 100, 500, 1000), rounds=2, blocks=1, statuses=1)
DELIVERY = Delivery(1, 1.0, 1.0)


class Server:
    """A websocket server of the test's own, which knows every visitor."""

    def __init__(self) -> None:
        self.sockets: list[ServerConnection] = []

    def stay(self, socket: ServerConnection) -> None:
        """Keep a visitor until one side ends it."""
        self.sockets.append(socket)
        with suppress(ConnectionClosed):
            for _ in socket:
                pass

    def send(self, sockets: list[ServerConnection], stamp: int) -> None:
        """Send a status to some visitors."""
        for socket in sockets:
            socket.send(f"<span>RUNNING {stamp}</span>")


@pytest.fixture
def server_and_visitors() -> Iterator[tuple[Server, LoadWorker]]:
    """Run a server, and five visitors who are in."""
    server = Server()
    with serve(server.stay, LOOPBACK, 0) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        port = listening.socket.getsockname()[1]
        try:
            with load_worker(Address(f"ws://{LOOPBACK}:{port}/")) as visitors:
                assert visitors.open(5).opened == 5
                # A visitor is in a moment before the server's side of it has begun.
                wait_until(lambda: len(server.sockets) == 5, SECONDS)
                yield server, visitors
        finally:
            listening.shutdown()
            thread.join(SECONDS)


def test_a_status_that_all_have_seen_is_told_with_its_times(server_and_visitors) -> None:
    server, visitors = server_and_visitors
    stamp = time.monotonic_ns()
    server.send(server.sockets, stamp)
    delivery = visitors.delivery(SECONDS)
    assert delivery.count == 5
    assert 0 < delivery.median_ms <= delivery.last_ms <= (time.monotonic_ns() - stamp) / 1e6


@pytest.mark.parametrize("told", [[0, 1, 2, 3], [0, 1, 2, 3, 0]], ids=["once", "one twice"])
def test_a_status_that_one_did_not_see_is_none_and_says_how_many_did(
    server_and_visitors, told
) -> None:
    server, visitors = server_and_visitors
    server.send([server.sockets[number] for number in told], time.monotonic_ns())
    assert visitors.delivery(1) is None
    assert visitors.seen_by() == 4


@pytest.mark.parametrize(
    "text",
    [
        "<p>Task <code>c9bf9e57-1685-4c89-bafb-123456789012</code></p> {stamp} % done.",
        '<progress value="{stamp}" max="100"></progress>',
        '<span id="status">RUNNING {stamp}</span>',
    ],
)
def test_a_stamp_is_told_from_the_digits_of_a_task_id(text: str) -> None:
    assert STAMP.search(text.format(stamp=987654321987))[0] == "987654321987"


def test_a_status_from_before_the_visitors_came_is_no_news(server_and_visitors) -> None:
    server, visitors = server_and_visitors
    server.send(server.sockets, time.monotonic_ns() - 3600 * 10**9)
    assert visitors.delivery(0.5) is None
    assert visitors.standing().texts == 5


def test_visitor_closed_by_the_server_is_counted(server_and_visitors) -> None:
    server, visitors = server_and_visitors
    server.sockets[0].close()
    wait_until(lambda: visitors.standing().here == 4, SECONDS)
    visitors.leave(2)
    standing = visitors.standing()
    assert (standing.here, standing.dropped) == (2, 1)


def test_a_visitor_who_finds_no_server_is_refused_with_the_reason() -> None:
    with load_worker(Address(f"ws://{LOOPBACK}:{free_port()}/")) as visitors:
        opened = visitors.open(3)
    assert opened.opened == 0
    assert sum(opened.refused.values()) == 3


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait between two statuses."""
    monkeypatch.setattr(rounds.time, "sleep", lambda _seconds: None)


GOOD = replace(row_result("x", "Row", Readings(), Readings()), came=[100, 100], members_left=[0, 0])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (replace(GOOD, lost=3), "3 statuses did not reach a visitor"),
        (replace(GOOD, dropped=2), "closed 2 connections"),
        (replace(GOOD, came=[100, 98]), "of 100 visitors at once only 98 came in"),
        (replace(GOOD, members_left=[0, 1]), "1 members after everybody left"),
    ],
)
def test_each_thing_that_must_not_happen_is_said_in_a_sentence(row: RowResult, words: str) -> None:
    (sentence,) = failures(row, visitors=100, members_allowed=0)
    assert words in sentence


def test_a_row_without_fault_has_nothing_to_complain_of() -> None:
    assert list(failures(GOOD, visitors=100, members_allowed=0)) == []


def test_a_status_that_did_not_reach_everybody_is_no_reading() -> None:
    found = Readings()
    found.begin(100)
    found.add(100, None)
    found.add(100, Delivery(99, 1.0, 2.0))
    found.add(100, Delivery(100, 3.0, 4.0))
    assert found.last_ms == {100: [[4.0]]}


def test_more_visitors_than_polling_can_serve_are_waited_for_in_one_round_alone(no_pauses) -> None:
    told, polled = quick_site(LIMIT), quick_site(STEP_03)
    polled.send.side_effect = lambda: None if sizes(polled)[-1] >= 500 else DELIVERY
    Rounds(SHORT, [told], [polled]).measure()
    assert sizes(polled) == [1, 100, 500, 1, 100]


def test_one_status_that_polling_lost_is_no_reason_to_give_up(no_pauses) -> None:
    told, polled = quick_site(LIMIT), quick_site(STEP_03)
    polled.send.side_effect = chain([None], repeat(DELIVERY))
    Rounds(SHORT, [told], [polled]).measure()
    assert sizes(polled) == [*SHORT.sizes, *SHORT.sizes]


def quick_site(row: Row) -> Mock:
    """Return a site where everything happens at once, and nothing runs."""
    site = Mock(spec=Site, row=row, lost=0, server=Mock(), visitors=Mock())
    site.server.memory_bytes.return_value = site.server.cpu_seconds.return_value = 0
    site.visitors.open.side_effect = lambda count: Opened(count, {}, 1.0)
    site.visitors.standing.return_value = Standing(here=1000, dropped=0, texts=0)
    site.members_left.return_value = 0
    site.send.return_value = DELIVERY
    return site


def sizes(site: Mock) -> list[int]:
    """Return how many came, time after time."""
    return [call.args[0] for call in site.visitors.open.call_args_list]


def test_a_figure_has_the_median_of_all_and_the_spread_of_the_rounds() -> None:
    assert figure([[1.0, 2.0, 9.0], [3.0, 4.0, 5.0]]) == Figure(3.5, 2.0, 4.0)
    assert figure([[], []]) is None


def test_a_multiple_is_taken_round_by_round() -> None:
    assert ratio([[10.0], [100.0], [1.0]], [[5.0], [50.0], [1.0]]) == Figure(2.0, 1.0, 2.0)
