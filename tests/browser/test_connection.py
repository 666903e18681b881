"""The live page says how its websocket stands, and comes back after every close but a refusal."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from checks.harness.proxies.websocket_proxy import BROKEN_OFF, WebsocketProxy
from tests.support.skip_markers import CHROMIUM
from tests.support.snapshots import SnapshotRun, snapshot_run
from tests.support.tool_process import wait_until
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import free_port, is_free

pytestmark = CHROMIUM

SHOWN_MS, BACK_MS, STAY_MS = 5_000, 20_000, 7_000
CLOSED = (1000, 1001, BROKEN_OFF, 1011, 1012)
REFUSED = (4001, 4401)


@pytest.fixture(scope="module", params=[pytest.param("04", marks=pytest.mark.long), "05"])
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    with snapshot_run(request.param) as run:
        yield run


@pytest.mark.parametrize("code", CLOSED)
def test_page_comes_back_after_a_close(step: SnapshotRun, chromium: Browser, code: int) -> None:
    with closing(WebsocketProxy(step.url)) as proxy, live_page(chromium, proxy.url) as page:
        proxy.hold()
        proxy.close_all(code)
        expect(sign(page)).to_contain_text("Connection lost", timeout=SHOWN_MS)
        proxy.release()
        expect(sign(page)).to_have_text("Connected.", timeout=BACK_MS)
        assert len(proxy.handshakes) == 2


@pytest.mark.parametrize("code", REFUSED)
def test_page_that_is_refused_stays_closed(step: SnapshotRun, chromium: Browser, code: int) -> None:
    with closing(WebsocketProxy(step.url)) as proxy, live_page(chromium, proxy.url) as page:
        proxy.close_all(code)
        expect(sign(page)).to_contain_text(f"refused the connection ({code})", timeout=SHOWN_MS)
        page.wait_for_timeout(STAY_MS)
        assert len(proxy.handshakes) == 1
        expect(sign(page)).to_contain_text(f"refused the connection ({code})")


def test_page_comes_back_after_its_web_process_was_killed(
    step: SnapshotRun, chromium: Browser
) -> None:
    port = free_port()
    with web_process(step, port) as web, live_page(chromium, f"http://127.0.0.1:{port}") as page:
        web.kill()
        web.wait()
        expect(sign(page)).to_contain_text("Connection lost", timeout=SHOWN_MS)
        with web_process(step, port):
            expect(sign(page)).to_have_text("Connected.", timeout=BACK_MS)


def sign(page: Page) -> Locator:
    """Return the place where the page says how its websocket stands."""
    return page.locator("#connection[role=status]")


@contextmanager
def live_page(chromium: Browser, url: str) -> Iterator[Page]:
    """Open the live page, and yield it once it says that it is connected."""
    with chromium.new_page(base_url=url) as page:
        page.goto("/live/")
        expect(sign(page)).to_have_text("Connected.", timeout=BACK_MS)
        yield page


@contextmanager
def web_process(step: SnapshotRun, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run one more web process of the snapshot's, and end it after the block."""
    command = [sys.executable, "manage.py", "runserver", str(port), "--noreload"]
    web = subprocess.Popen(
        command,
        cwd=step.folder,
        env=environment_for(step.redis_url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: not is_free(port), 30)
        yield web
    finally:
        web.kill()
        web.wait()
