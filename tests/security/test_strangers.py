"""Who does not belong here is refused, and learns nothing (tests/steps has the plain cases)."""

import asyncio
import re

import httpx
import pytest

from tests.support.snapshots import SnapshotRun, csrf
from tests.support.sockets import refusal

UNKNOWN = "/check-status/00000000-0000-4000-8000-000000000000/"
# The second it was made in, which both differ in and nobody learns from.
VARYING_HEADERS = {"date"}


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://elsewhere.example",
        "http://127.0.0.1.elsewhere.example",
        "http://elsewhere.example/127.0.0.1",
        "http://127.0.0.1@elsewhere.example",
        "file://",
    ],
)
def test_a_foreign_page_gets_no_websocket(served: SnapshotRun, origin: str | None) -> None:
    assert asyncio.run(refusal(served.socket_url, origin)) == 403


def test_a_session_does_not_make_up_for_a_foreign_origin(served: SnapshotRun) -> None:
    with served.visitor() as visitor:
        visitor.post("/check-status/", data=csrf(visitor))
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    foreign = "http://elsewhere.example"
    assert asyncio.run(refusal(served.socket_url, foreign, Cookie=cookies)) == 403


def test_a_post_is_refused_without_a_token_and_from_a_foreign_page(served: SnapshotRun) -> None:
    with served.visitor() as visitor, served.visitor() as another:
        own, others = csrf(visitor), csrf(another)
        foreign = {"Origin": "http://elsewhere.example"}
        answers = [
            visitor.post("/check-status/"),
            visitor.post("/check-status/", data={"csrfmiddlewaretoken": "a" * 64}),
            visitor.post("/check-status/", data=others),
            visitor.post("/check-status/", data=own, headers=foreign),
            visitor.post("/admin/login/", data={"username": "demo", "password": "demo"}),
        ]
        assert [answer.status_code for answer in answers] == [403] * len(answers)
        assert visitor.post("/check-status/", data=own).status_code == 202


def test_anothers_task_reads_like_an_unknown_one(served: SnapshotRun) -> None:
    with served.visitor() as owner, served.visitor() as stranger, served.visitor() as newcomer:
        fragment = owner.post("/check-status/", data=csrf(owner)).text
        address = re.search(r'hx-get="([^"]+)"', fragment)[1]
        # One with a session and tasks of their own, one with a page seen, one with nothing.
        stranger.post("/check-status/", data=csrf(stranger))
        for visitor in (stranger, newcomer):
            known, unknown = visitor.get(address), visitor.get(UNKNOWN)
            assert known.status_code == 404
            assert parts(known) == parts(unknown)
        assert owner.get(address).status_code == 200
        assert parts(owner.get(UNKNOWN)) == parts(stranger.get(address))


def parts(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return all that a visitor can see of an answer."""
    headers = [
        pair for pair in answer.headers.raw if pair[0].decode().lower() not in VARYING_HEADERS
    ]
    return answer.status_code, headers, answer.content
