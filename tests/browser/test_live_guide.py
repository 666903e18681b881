"""The live guide in a real browser: its pages load again, and other sites get nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.live_guides import LiveGuide, live_guide
from tests.support.skip_markers import CHROMIUM
from tests.support.web_servers import served
from tests.support.workbook_copy import make_small_workbook
from workbook.browser import find_chromium
from workbook.runtime.waiting import wait_until

pytestmark = CHROMIUM

CHANGE_MS = 30_000
# What a hostile page tries, each returning what it got of the guide, or throwing.
READ = "async url => (await fetch(url)).text()"
READ_OPAQUE = "async url => (await fetch(url, {mode: 'no-cors'})).text()"
LISTEN = """url => new Promise((got, failed) => {
    const source = new EventSource(url + "-/events");
    source.addEventListener("hello", ({data}) => got(data));
    source.onerror = () => { source.close(); failed(new Error("refused")); };
})"""
FRAME = """url => new Promise((got) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
        try { got(frame.contentDocument.body.innerText); } catch { got(""); }
    };
    frame.src = url;
    document.body.append(frame);
})"""
EMBED = """url => new Promise((got, failed) => {
    const script = document.createElement("script");
    script.onload = () => got("loaded");
    script.onerror = () => failed(new Error("refused"));
    script.src = url + "-/live.js";
    document.body.append(script);
})"""
READING = {"fetch": READ, "no-cors": READ_OPAQUE, "events": LISTEN, "frame": FRAME, "script": EMBED}

# What a hostile page tries to start something with. None waits for an answer that it could read.
STARTING = {
    "fetch": "url => fetch(url, {method: 'POST', mode: 'no-cors'}).catch(() => null)",
    "token": """url => fetch(url, {method: 'POST', headers: {'X-Workbook-Token': 'guessed'}})
        .catch(() => null)""",
    "image": """url => new Promise(done => {
        const image = new Image();
        image.onload = image.onerror = done;
        image.src = url;
    }).then(() => null)""",
    "beacon": "url => navigator.sendBeacon(url)",
    "form": """url => new Promise(done => {
        const frame = document.createElement("iframe");
        frame.name = "target" + Math.random();
        document.body.append(frame);
        const form = document.createElement("form");
        Object.assign(form, {method: "post", action: url, target: frame.name});
        document.body.append(form);
        frame.onload = done;
        form.submit();
    }).then(() => null)""",
}
START_WITH_TOKEN = """url => new Promise(done => {
    const source = new EventSource("/-/events?page=/");
    source.addEventListener("hello", ({data}) => {
        source.close();
        const headers = {"X-Workbook-Token": JSON.parse(data).token};
        fetch(url, {method: "POST", headers}).then(answer => done(answer.status));
    });
})"""
SETTLED_MS = 1_500


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveGuide]:
    """Serve a small guide."""
    small = make_small_workbook(tmp_path_factory.mktemp("live") / "workbook")
    with live_guide(small) as running:
        yield running


def test_a_changed_page_loads_again_in_the_browser(chromium: Browser, guide: LiveGuide) -> None:
    with chromium.new_page() as page:
        page.goto(guide.url)
        expect(page.get_by_role("heading", name="A small guide")).to_be_visible()
        guide.small.write({"index.md": "# A small guide, changed\n"}, below="docs")
        changed = page.get_by_role("heading", name="A small guide, changed")
        expect(changed).to_be_visible(timeout=CHANGE_MS)


def test_a_page_that_did_not_change_stays_as_the_reader_has_it(
    chromium: Browser, guide: LiveGuide
) -> None:
    with chromium.new_context() as context:
        staying, changing = context.new_page(), context.new_page()
        guide.small.write({"other.md": "# Another page\n"}, below="docs")
        changing.goto(guide.url)
        expect(changing.get_by_role("link", name="Another page").first).to_be_visible(
            timeout=CHANGE_MS
        )
        staying.goto(guide.url)
        staying.evaluate("window.notReloaded = true")
        changing.goto(f"{guide.url}other/")
        guide.small.write({"other.md": "# Another page\n\nMore.\n"}, below="docs")
        expect(changing.get_by_text("More.")).to_be_visible(timeout=CHANGE_MS)
        assert staying.evaluate("window.notReloaded")


@pytest.fixture
def hostile(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open a page of another site on this machine."""
    (tmp_path / "index.html").write_text("<body>hostile</body>", encoding="utf-8")
    with served(tmp_path) as address, chromium.new_page() as page:
        page.goto(address)
        yield page


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("way", READING)
def test_a_hostile_page_reads_nothing(hostile: Page, guide: LiveGuide, way: str, name: str) -> None:
    url = guide.url.replace("127.0.0.1", name)
    got = hostile.evaluate(
        f"async url => {{ try {{ return await ({READING[way]})(url) }} catch {{ return '' }} }}",
        url,
    )
    assert got == ""


def test_the_same_ways_read_the_guide_from_its_own_page(
    chromium: Browser, guide: LiveGuide
) -> None:
    with chromium.new_page() as page:
        page.goto(guide.url)
        for way in READING.values():
            assert page.evaluate(way, guide.url)


def test_a_hostile_page_starts_nothing(chromium: Browser, hostile: Page, guide: LiveGuide) -> None:
    began = guide.small.root / "began"
    source = f"import pathlib\npathlib.Path({str(began)!r}).touch()\n"
    # They take the place of what the guide starts.
    guide.small.write({"watch.py": source, "__init__.py": ""}, below="checks")
    guide.small.write({"hint.py": source}, below="workbook/commands")
    guide.small.write({"manage.py": ""})
    for name in ("127.0.0.1", "localhost"):
        url = guide.url.replace("127.0.0.1", name)
        for path in ("check", "hint", "open"):
            for way in STARTING.values():
                hostile.evaluate(way, f"{url}-/{path}?label=02")
    with chromium.new_page() as page:
        page.goto(guide.url)
        page.wait_for_timeout(SETTLED_MS)
        assert not began.exists()
        # The same is started from a page of the guide.
        page.evaluate(START_WITH_TOKEN, "/-/check?label=02")
        assert wait_until(began.exists, CHANGE_MS / 1000, 0.1)


def test_a_name_that_was_made_to_lead_here_is_refused(chromium: Browser, guide: LiveGuide) -> None:
    """DNS rebinding: the browser takes the guide for a part of the hostile site."""
    arguments = ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    rebound = chromium.browser_type.launch(executable_path=find_chromium(), args=arguments)
    try:
        page = rebound.new_page()
        url = f"http://evil.example:{guide.port}/"
        answer = page.goto(url)
        assert answer
        assert answer.status == 421
        assert "small guide" not in page.content()
        assert "token" not in page.evaluate(READ, f"{url}-/events")
    finally:
        rebound.close()
