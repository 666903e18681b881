"""Step 05 on several machines: two web processes behind nginx, two workers, PostgreSQL, one beat.

They are real processes that share nothing but the network. What starts them, and what they are
told, comes from the files that the page "More than one machine" shows.
"""

import re
import time
from collections.abc import Iterator, Sequence
from math import ceil

import httpx
import pytest
from playwright.sync_api import Browser, expect

from benchmarks.capacity import REDIS_PER_VISITOR
from benchmarks.capacity import frame as longest_frame
from tests.support.machines.cluster import LOCK, QUEUES, STATUS_INTERVAL, Cluster, several_machines
from tests.support.machines.database import let_beat_tick, sent_and_done, worker_of
from tests.support.machines.proxy import SERVED_BY
from tests.support.machines.visitors import MachineVisitor
from tests.support.skip_markers import CHROMIUM, NGINX, POSTGRESQL, REDIS_SERVER
from tests.support.snapshots import csrf
from tests.support.tool_process import wait_until

pytestmark = [NGINX, POSTGRESQL, REDIS_SERVER]

RUN = "status.tasks.send_status_periodically"
STATUSES = ["RUNNING", "FINISHED", "RUNNING", "FINISHED", "RUNNING"]
LOCK_SECONDS = ceil(3 * STATUS_INTERVAL)
# What becomes of a visitor in Redis: a message that is put into the queue, noted as taken, and
# acknowledged; the lock that somebody else holds; the last status; a channel of their own.
ASKED = ("lpush", "zadd", "hset", "zrem", "hdel", "set", "get", "subscribe")
# Taking the message, which workers also ask for while there is none, is the one more.
ASKED_PER_VISITOR = REDIS_PER_VISITOR - 1
PLAIN, SLOW = QUEUES


@pytest.fixture(scope="module")
def started() -> Iterator[Cluster]:
    """Start the machines once, for all tests below."""
    with several_machines(let_beat_tick) as cluster:
        yield cluster


@pytest.fixture
def machines(started: Cluster) -> Cluster:
    """Return the machines, all of them at work, and none of them in the midst of a run."""
    started.made_whole()
    return started


def test_beat_sends_what_is_due_once(machines: Cluster) -> None:
    # The first of all, as a worker that is killed takes what it has begun along.
    counts: list[tuple[int, int]] = []

    def sent_and_done_agree() -> bool:
        counts.append(sent_and_done(machines))
        sent, done = counts[-1]
        # Beat notes down what it has sent a moment after it was sent.
        assert done <= sent + 1, f"sent {sent} times, done {done} times"
        return sent >= 4 and sent == done

    wait_until(sent_and_done_agree, 20, lambda: f"as many done as due: {counts[-1:]}")


def test_a_task_on_one_worker_changes_the_pages_of_both_web_processes(machines: Cluster) -> None:
    with machines.visitors(4) as visitors:
        run_is_over(machines)
        told = told_at_rest(visitors)
        task = machines.celery.send_task(RUN, queue=SLOW)
        for visitor, before in zip(visitors, told, strict=True):
            assert visitor.sees(before + 5)[before:] == STATUSES
            assert longest_frame() in visitor.frames  # the one that benchmarks/capacity.py weighs
    finished = f"{RUN}[{task.id}] succeeded"  # a run stores no result: the log tells
    wait_until(lambda: finished in machines.workers[SLOW].child.said, 20, lambda: finished)


def test_results_are_in_postgresql_with_the_worker_of_their_queue(machines: Cluster) -> None:
    with machines.browser() as browser:
        posted = browser.post(
            "/check-status/",
            data=csrf(browser),
            # As on port 443: nginx hands on the host without a port.
            headers={"Referer": f"https://{browser.base_url.host}/"},
        )
        assert posted.status_code == 202
        sent = re.search(r"/check-status/([\w-]{36})/", posted.text)[1]
        answers = polled(browser, f"/check-status/{sent}/")
    # The session and the result are in one database: any web process may answer.
    assert {answer.headers[SERVED_BY] for answer in answers} == machines.webs.keys()
    assert worker_of(machines, sent) == SLOW
    unnamed = machines.celery.send_task("celery.backend_cleanup")
    assert worker_of(machines, unnamed.id) == PLAIN


def test_no_machine_reads_a_file_of_another(machines: Cluster) -> None:
    from psutil import Process

    for machine in machines.machines:
        others = [other.folder for other in machines.machines if other is not machine]
        process = Process(machine.child.process.pid)
        opened = [process.cwd(), *(file.path for file in process.open_files())]
        assert [path for path in opened for other in others if path.startswith(f"{other}/")] == []
        assert list(machine.folder.rglob("*.sqlite3")) == []


def test_a_browser_asks_each_time_whether_a_static_file_has_changed(machines: Cluster) -> None:
    with machines.browser() as browser:
        first = browser.get("/static/live.js")
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-cache")
        known = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert browser.get("/static/live.js", headers=known).status_code == 304


def test_who_comes_asks_redis_as_often_as_the_page_reckons(machines: Cluster) -> None:
    machines.redis.set(LOCK, 1, ex=60)  # a run goes on, and says nothing meanwhile
    try:
        machines.redis.config_resetstat()
        with machines.visitors(10):
            # The last one is let in before everything is asked that it takes.
            wait_until(
                lambda: asked_of(machines) >= 10 * ASKED_PER_VISITOR,
                10,
                lambda: str(asked_of(machines)),
            )
            asked = asked_of(machines)
    finally:
        machines.redis.delete(LOCK)
    # Older messages may still be acknowledged meanwhile, on a busy machine ten of them.
    assert asked < 12 * ASKED_PER_VISITOR


def asked_of(machines: Cluster) -> int:
    """Return how often Redis was asked what a visitor's coming asks of it."""
    told = machines.redis.info("commandstats")
    return sum(told.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ASKED)


def test_a_worker_dies_in_the_midst_of_a_run_and_the_next_run_goes_on(machines: Cluster) -> None:
    dead, other = machines.workers[PLAIN], machines.workers[SLOW]
    with machines.visitors(2) as visitors:
        visitors[0].sees(2)
        begun, done = whole_runs(dead.child.said), whole_runs(other.child.said)
        dead.child.kill()
        died = time.monotonic()
        wait_until(lambda: not machines.is_locked(), LOCK_SECONDS + 1, lambda: "the lock to expire")
        assert time.monotonic() - died <= LOCK_SECONDS + 1
        told = [len(visitor.statuses) for visitor in visitors]
        assert all(count < 5 for count in told), "the run was over before its worker died"
        # What the page says: the other one takes over the queue, at a word.
        try:
            assert "OK" in other.types("celery", "-A", "config", "control", "add_consumer", PLAIN)
            with machines.visitors(2):  # who comes starts the next run
                for visitor, before in zip(visitors, told, strict=True):
                    assert visitor.sees(before + 5)[before:] == STATUSES
        finally:
            machines.celery.control.cancel_consumer(PLAIN, reply=True, limit=1, timeout=5)
    assert whole_runs(dead.child.said) == begun
    wait_until(lambda: whole_runs(other.child.said) == done + 1, 20, lambda: "the second run's end")


@CHROMIUM
def test_visitors_of_a_dead_web_process_come_back(machines: Cluster, chromium: Browser) -> None:
    with (
        machines.visitors(4) as visitors,
        chromium.new_context(base_url=machines.proxy.url, ignore_https_errors=True) as context,
    ):
        page = context.new_page()
        served_by: list[str] = []
        network = context.new_cdp_session(page)
        network.on(
            "Network.webSocketHandshakeResponseReceived",
            lambda event: served_by.append(event["response"]["headers"][SERVED_BY]),
        )
        network.send("Network.enable")
        page.goto("/live/")
        page.evaluate("window.notReloaded = true")
        expect(page.locator("#status")).not_to_have_text("…", timeout=20_000)
        lost = served_by[0]
        (kept,) = machines.webs.keys() - {lost}
        on_lost = [visitor for visitor in visitors if visitor.served_by == [lost]]
        machines.webs[lost].child.kill()
        for visitor in on_lost:
            assert visitor.comes(times=2) == kept
        wait_until(lambda: page.wait_for_timeout(50) or len(served_by) > 1, 30, lambda: "the page")
        assert served_by[-1].split(", ")[-1] == kept
        # Who was on the other one never noticed.
        assert all(visitor.served_by == [kept] for visitor in visitors if visitor not in on_lost)
        run_is_over(machines)
        told = told_at_rest(visitors)
        machines.celery.send_task(RUN, queue=SLOW)
        for status in STATUSES[:3]:
            expect(page.locator("#status")).to_have_text(status, timeout=20_000)
        for visitor, before in zip(visitors, told, strict=True):
            assert visitor.sees(before + 5)[before:] == STATUSES
        assert page.evaluate("window.notReloaded")


def run_is_over(machines: Cluster) -> None:
    """Wait until the run that goes on is over: it releases its lock after its last status."""
    wait_until(lambda: not machines.is_locked(), 30, lambda: "the run to end")


def whole_runs(log: str) -> int:
    """Return how many runs a worker has done: whoever finds the lock taken returns a string."""
    return len(re.findall(rf"{re.escape(RUN)}\[\S+\] succeeded in \S+: None", log))


def told_at_rest(visitors: Sequence[MachineVisitor]) -> list[int]:
    """Return how many statuses each was sent, once the last ones under way have come."""
    counts: list[list[int]] = [[]]

    def none_came() -> bool:
        time.sleep(0.5)
        counts.append([len(visitor.statuses) for visitor in visitors])
        return counts[-1] == counts[-2]

    wait_until(none_came, 30, lambda: f"an end of the statuses: {counts[-1]}")
    return counts[-1]


def polled(browser: httpx.Client, path: str) -> list[httpx.Response]:
    """Ask for a task's state until it is done, and return all answers."""
    answers: list[httpx.Response] = []

    def is_done() -> bool:
        answers.append(browser.get(path))
        assert answers[-1].status_code == 200, answers[-1].text
        time.sleep(0.3)
        return "SUCCESS" in answers[-1].text

    wait_until(is_done, 30, lambda: answers[-1].text)
    return answers
