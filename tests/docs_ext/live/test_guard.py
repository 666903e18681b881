"""Who may ask the live guide for what."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.responses import PlainTextResponse

from docs_ext.live.guard import Guard, name_of

TOKEN = "a-token"
OWN = {"host": "localhost:8001"}
SENT_BY_A_TAB = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}


def ask(
    headers: Mapping[str, str], method: str = "GET", names: tuple[str, ...] = ()
) -> httpx.Response:
    """Return the answer to a request with these headers; 200 is the guarded application's own."""
    guarded = Guard(PlainTextResponse("the guide"), TOKEN, names)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(guarded)
        async with httpx.AsyncClient(transport=transport, base_url="http://nowhere") as client:
            return await client.request(method, "/", headers={**headers})

    return asyncio.run(send())


@pytest.mark.parametrize("host", ["localhost:8001", "127.0.0.1:8001", "LOCALHOST", "[::1]:9000"])
def test_a_name_of_this_machine_is_let_in(host: str) -> None:
    assert ask({"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8001", "localhost.evil.example", "localhost@evil.example"),
        *("192.168.1.7:8001", "localhost:8001, evil.example", "localhost/evil.example", ""),
    ],
)
def test_another_name_is_refused(host: str) -> None:
    answer = ask({"host": host})
    assert answer.status_code == 421
    assert "the guide" not in answer.text
    assert "WORKBOOK_GUIDE_HOST" in answer.text


def test_one_forwarded_name_is_let_in_and_no_other() -> None:
    names = ("guide.example.org",)
    assert ask({"host": "guide.example.org"}, names=names).status_code == 200
    assert ask({"host": "other.example.org"}, names=names).status_code == 421
    assert ask({"host": "guide.example.org"}, names=("",)).status_code == 421


def test_a_forwarded_page_is_no_stranger_where_its_proxy_names_this_machine() -> None:
    sent = OWN | {"origin": "https://guide.example.org", "x-workbook-token": TOKEN}
    assert ask(sent, "POST", ("guide.example.org",)).status_code == 200
    assert ask(sent, "POST").status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "http://localhost:8000", "http://127.0.0.1:8001", "null"),
        *("http://localhost:8001.evil.example", "file://", "http://localhost:8001@evil.example"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_origin_is_refused_even_with_the_token(origin: str, method: str) -> None:
    answer = ask(OWN | {"origin": origin, "x-workbook-token": TOKEN}, method)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
    ids=["script", "fetch", "frame"],
)
def test_what_another_site_embeds_is_refused(site: str, sent: dict[str, str]) -> None:
    assert ask(OWN | sent | {"sec-fetch-site": site}).status_code == 403


def test_a_link_of_another_site_leads_here() -> None:
    assert ask(OWN | SENT_BY_A_TAB | {"sec-fetch-dest": "document"}).status_code == 200


def test_a_form_of_another_site_starts_nothing() -> None:
    sent = OWN | SENT_BY_A_TAB | {"sec-fetch-dest": "document", "x-workbook-token": TOKEN}
    assert ask(sent, "POST").status_code == 403


@pytest.mark.parametrize("token", ["", "another", TOKEN.upper(), "ä"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_acts_needs_the_token_of_this_start(token: str, method: str) -> None:
    sent = OWN | {"origin": "http://localhost:8001"}
    given = {"x-workbook-token": token.encode()} if token else {}
    answer = ask({**sent, **given}, method)  # type: ignore[dict-item]
    assert answer.status_code == 403
    assert "load it again" in answer.text
    assert ask(sent | {"x-workbook-token": TOKEN}, method).status_code == 200


def test_no_answer_can_be_framed_or_taken_for_another_type() -> None:
    for sent in (OWN, {"host": "evil.example"}):
        headers = ask(sent).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "frame-ancestors 'self'"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_name_is_what_a_browser_would_look_up() -> None:
    assert name_of("LocalHost.:80") == "localhost"
    assert name_of("a b") == name_of("localhost:") == name_of("") == ""
