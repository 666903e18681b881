"""What the live guide answers with: the pages of a site, and nothing else of the machine."""

import asyncio
from pathlib import Path

import httpx
import pytest

from docs_ext.live.application import Live, make_application
from docs_ext.live.check_states import CheckStates
from docs_ext.live.events import Subscribers
from docs_ext.live.reading import Reading
from docs_ext.live.site import Site
from docs_ext.live.watcher import Watcher
from tests.support.text_files import write_files

PAGE = "<html><body><h1>A page</h1></body></html>"
HOST = {"host": "localhost:8001"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a site's folder, beside a file that is none of its."""
    write_files(
        tmp_path,
        {
            "secret.html": "secret",
            "site/index.html": PAGE,
            "site/404.html": "<body>not found</body>",
            "site/deep/page.html": PAGE,
            "site/css/guide.css": "h1 {}",
        },
    )
    return tmp_path / "site"


class NoWatcher(Watcher):
    """A watcher that starts nothing."""

    def __init__(self) -> None:
        super().__init__(Path(), {}, lambda: None, lambda: asyncio.sleep(0))

    def watch(self, label: str) -> None:
        """Start nothing."""


async def no_hint(label: str) -> str:
    """Return a text in place of a hint."""
    return f"a hint for {label}"


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Return the answer for a path, which is sent as it is."""
    site = Site(folder)
    states = CheckStates(folder.parent / "state", folder.parent / "work")
    states.refresh()
    live = Live(lambda: site, states, NoWatcher(), Reading(), Subscribers(), "a-token", no_hint)
    application = make_application(live)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            url = httpx.URL("http://localhost:8001", raw_path=path.encode())
            return await client.request(method, url, headers=HOST | headers)

    return asyncio.run(send())


@pytest.mark.parametrize("path", ["/", "/index.html", "/deep/page.html"])
def test_a_page_has_the_script_and_is_the_same_file_else(folder: Path, path: str) -> None:
    answer = ask(folder, path)
    assert answer.headers["content-type"].startswith("text/html")
    before, script, after = answer.text.partition('<link rel="stylesheet" href="/-/live.css">')
    assert script
    assert before + after.partition("</script>")[2] == PAGE
    assert "live.js" not in (folder / "index.html").read_text(encoding="utf-8")


def test_other_files_are_served_as_they_are(folder: Path) -> None:
    answer = ask(folder, "/css/guide.css")
    assert answer.text == "h1 {}"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask(folder, "/-/live.js").headers["content-type"].startswith("text/javascript")
    assert ask(folder, "/-/live.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/deep/../../secret.html"),
        *("/%2e%2e%5csecret.html", "//secret.html", "/%00", "/index.html%00.css", "/link.html"),
        *("/-/../../secret.html", "/-/", "/-/static/live.js", "/" + "a" * 5000),
    ],
)
def test_no_file_outside_the_site_is_served(folder: Path, path: str) -> None:
    (folder / "link.html").symlink_to(folder.parent / "secret.html")
    answer = ask(folder, path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/css/guide.css", "/-/live.js", "/-/events"])
def test_nothing_is_changed_at_a_page(folder: Path, path: str) -> None:
    assert ask(folder, path, "POST").status_code == 403
    with_token = ask(folder, path, "POST", **{"x-workbook-token": "a-token"})
    assert with_token.status_code == 405


def test_a_page_is_another_when_it_or_a_style_changes(folder: Path) -> None:
    def digests() -> tuple[str, str]:
        site = Site(folder)
        return site.digest("/"), site.digest("/deep/page.html")

    first = digests()
    assert digests() == first
    (folder / "index.html").write_text(PAGE.replace("A", "Another"), encoding="utf-8")
    second = digests()
    assert second[0] != first[0]
    assert second[1] == first[1]
    (folder / "css" / "guide.css").write_text("h1 {color: red}", encoding="utf-8")
    assert digests()[1] != second[1]


def test_what_is_no_page_has_no_digest(folder: Path) -> None:
    site = Site(folder)
    for path in ("/none.html", "/../secret.html", "/css/guide.css", "/\0", ""):
        assert bool(site.digest(path)) == (path == ""), path
    assert site.digest("/") == site.digest("/index.html")
    assert f'data-digest="{site.digest("/")}"' in ask(folder, "/").text


@pytest.mark.parametrize("path", ["/-/check?label=02", "/-/hint?label=02", "/-/open?label=02"])
def test_nothing_is_started_by_get_nor_without_the_token(folder: Path, path: str) -> None:
    assert ask(folder, path).status_code == 404  # no page is called so
    assert ask(folder, path, "POST").status_code == 403
    assert ask(folder, path, "POST", origin="http://evil.example").status_code == 403


@pytest.mark.parametrize("label", ["", "none", "../02", "02;x", "--help"])
@pytest.mark.parametrize("path", ["/-/check", "/-/hint", "/-/open"])
def test_what_is_no_step_is_not_started(folder: Path, path: str, label: str) -> None:
    url = str(httpx.QueryParams({"label": label}))
    answer = ask(folder, f"{path}?{url}", "POST", **{"x-workbook-token": "a-token"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/-/check", "/-/hint", "/-/open"])
def test_without_work_nothing_is_started(folder: Path, path: str) -> None:
    sent = {"x-workbook-token": "a-token"}
    assert ask(folder, f"{path}?label=02", "POST", **sent).status_code == 409
    (folder.parent / "work").mkdir()
    assert ask(folder, f"{path}?label=02", "POST", **sent).is_success
