"""The checks' visitor behaves as a browser on this machine, and never leaves the project."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checks.clients.http_client import Answer, Visitor, visiting
from tests.support.web_servers import QuietHandler, serving
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.process_output import AS_TEXT

TOKEN = "aB3" * 21 + "x"  # as long as Django's


class Site(QuietHandler):
    """Sends a page, a cookie or a redirect, as the address asks for."""

    page = ""
    cookie = ""
    location = ""

    def do_GET(self) -> None:
        """Answer with the cookies that came, and the page."""
        page = f"{self.headers.get('Cookie', '')} {self.page}".encode()
        headers = {"Set-Cookie": self.cookie} if self.cookie else {}
        if self.location and self.path == "/":
            port = str(self.server.server_port)
            self.answer(302, page, Location=self.location.replace("PORT", port), **headers)
        else:
            self.answer(200, page, **headers)

    def do_POST(self) -> None:
        """Answer with the form that came."""
        self.answer(200, self.rfile.read(int(self.headers["Content-Length"])))


@contextmanager
def visited(**site: str) -> Iterator[Visitor]:
    """Be a visitor of a site inside the block."""
    with serving(type("One", (Site,), site)) as server:
        address = f"http://{LOOPBACK}:{server.server_port}"
        with visiting(address) as visitor:
            yield visitor


def asked_twice(**site: str) -> tuple[Answer, Answer]:
    """Visit a site's start page, then send it a form; return what came back."""
    with visited(**site) as visitor:
        return visitor.get("/"), visitor.post("/")


def test_a_secure_cookie_is_sent_back_as_browsers_do_on_this_machine() -> None:
    with visited(cookie="sid=of-mine; Secure; HttpOnly") as visitor:
        visitor.get("/")
        assert "sid=of-mine" in visitor.get("/").text


@pytest.mark.parametrize(
    "site",
    [
        {"cookie": f"csrftoken={TOKEN}"},
        {"cookie": f"xsrf-token={TOKEN}"},
        {"page": f'<input type="hidden" name="csrfmiddlewaretoken" value="{TOKEN}">'},
        {"page": f"""<body hx-headers='{{"X-CSRFToken": "{TOKEN}"}}'>"""},
    ],
    ids=["cookie", "cookie_of_another_name", "field", "header"],
)
def test_a_token_is_found_wherever_the_project_keeps_it(site: dict[str, str]) -> None:
    _, sent = asked_twice(**site)
    assert f"csrfmiddlewaretoken={TOKEN}" in sent.text


@pytest.mark.parametrize(
    ("location", "setting"),
    [
        ("https://127.0.0.1:PORT/", "SECURE_SSL_REDIRECT is on"),
        ("https://localhost:PORT/", "SECURE_SSL_REDIRECT is on"),
        ("http://www.127.0.0.1:PORT/", "PREPEND_WWW is on"),
    ],
)
def test_a_redirect_away_names_its_setting(location: str, setting: str) -> None:
    first, _ = asked_twice(location=location)
    assert first.status == 0
    assert f"and nothing was sent to it ({setting})" in first.seen


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/", "https://elsewhere.example/"])
def test_a_redirect_elsewhere_is_no_settings_doing(location: str) -> None:
    first, _ = asked_twice(location=location)
    assert first.seen.endswith("and nothing was sent to it")


GREETINGS = """
import json, sys
import django
from django.conf import settings

settings.configure(USE_I18N=True)
django.setup()
from django.utils.translation import override
from django.views.debug import default_urlconf

for language in sys.argv[1:]:
    with override(language):
        print(json.dumps(default_urlconf(None).text))
"""


def test_djangos_greeting_is_known_in_every_language() -> None:
    command = [sys.executable, "-c", GREETINGS, "en-us", "de", "ar", "zh-hans"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30, **AS_TEXT)
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(set(pages)) == 4
    assert all(Answer("GET /", 200, page, 0).is_greeting for page in pages)
