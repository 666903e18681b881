"""A stand-in for a browser: requests pages of the learner's project, and no wait is without an end.

How long it waits is said in the seconds of a usual machine, see `patience`.
"""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from http.cookiejar import Cookie, CookieJar
from urllib.parse import urlencode

import httpx

from checks.clients.addresses import is_same_server, resolved
from checks.pace import patience
from workbook.passwords import shortened

ANSWER_SECONDS = 10
READ_BYTES = 1_000_000
HTMX = {"HX-Request": "true"}
SWAPPING_HEADERS = ("HX-Reswap", "HX-Retarget", "HX-Reselect")
FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r"name=[\"']csrfmiddlewaretoken[\"'] value=[\"'](\w+)")
# Where a page keeps it elsewhere, such as in hx-headers: Django's tokens are as long as that.
BARE_TOKEN = re.compile(r"[cx]srf[^<>]{0,80}?\b([a-z0-9]{64})\b", re.IGNORECASE)
CSRF_COOKIE = re.compile(r"csrf|xsrf", re.IGNORECASE)
# What is made anew for each answer: Django's tokens, as long as that, and a policy's nonces.
MADE_ANEW = re.compile(r"\b[a-z0-9]{64}\b|\bnonce=[\"'][^\"']*[\"']", re.IGNORECASE)
# Django's greeting is translated; where it sends a beginner is not.
GREETING_LINK = re.compile(r"docs\.djangoproject\.com/[\w.-]+/[\w.-]+/intro/tutorial01/")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What came back: `status` is 0 where nothing did, and `problem` then says why."""

    done: str
    status: int
    text: str
    seconds: float
    path: str = ""
    problem: str = ""
    url: str = ""  # the whole address that answered
    left_for: str = ""  # the address at another server that it led to, which was not asked
    redirects: tuple[str, ...] = ()  # such as “302 to /x/”, in the order they were followed
    swaps_by_header: bool = False  # whether a header tells htmx what to replace

    @property
    def is_fine(self) -> bool:
        """Tell whether it is a page or a redirect."""
        return 200 <= self.status < 400

    @property
    def seen(self) -> str:
        """Say in a line what came back."""
        if self.problem:
            return self.problem
        about = f": “{self.title}”" if self.title and self.status >= 400 else ""
        way = "".join(f"{redirect}, then " for redirect in self.redirects)
        return f"status {way}{self.status} after {self.seconds:.1f} s{about}"

    @property
    def title(self) -> str:
        """Return the page's title, the first 200 characters of it, or an empty text."""
        title = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)
        return shortened(" ".join(unescape(title[1]).split()), 200, " …") if title else ""

    @property
    def is_greeting(self) -> bool:
        """Tell whether it is Django's greeting, which a project without URLs of its own shows."""
        return self.status == 200 and bool(GREETING_LINK.search(self.text))

    @property
    def words(self) -> str:
        """Return the text without its tags: what a person reads."""
        text = re.sub(r"<(script|style)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())

    @property
    def lasting_text(self) -> str:
        """The text without what is made anew for each answer: tokens against CSRF, and nonces."""
        return MADE_ANEW.sub("", self.text)

    def task_ids(self) -> list[str]:
        """Return the ids of tasks that it names, each once."""
        return list(dict.fromkeys(found.lower() for found in UUID.findall(self.text)))


class Elsewhere(httpx.RequestError):
    """A request that would have left the project: it was not sent."""


class OwnServer(httpx.HTTPTransport):
    """Sends requests to one server alone: what listens elsewhere is not the learner's.

    What a redirect names is such a request as well.
    """

    def __init__(self, base_url: str) -> None:
        # Its addresses begin with http. What httpx loads by itself, a list of all authorities,
        # takes a visitor as long as five pages.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._base_url = base_url

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request. Raises Elsewhere where it is for another server."""
        if not is_same_server(self._base_url, str(request.url)):
            raise Elsewhere(resolved(self._base_url, str(request.url)))
        return super().handle_request(request)


class LocalCookies(CookieJar):
    """A browser's cookies for this machine, which it trusts: http gets the secure ones as well."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Keep a cookie."""
        cookie.secure = False
        super().set_cookie(cookie)


class Visitor:
    """One browser: it keeps its cookies, and sends the CSRF token that it was given."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            timeout=ANSWER_SECONDS,
            trust_env=False,
            transport=OwnServer(base_url),
            cookies=LocalCookies(),
        )
        self._token = ""  # of the form seen last; a project may keep it out of the cookies

    @property
    def cookies(self) -> str:
        """Its cookies, as a request's header spells them."""
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    def keep_cookie(self, name: str, value: str) -> None:
        """Keep a cookie, as one that the project has set before."""
        self._client.cookies.set(name, value)

    def get(self, path: str, *, htmx: bool = False, within: float = ANSWER_SECONDS) -> Answer:
        """Ask for a page, following redirects."""
        return self._ask("GET", path, {}, HTMX if htmx else {}, within)

    def post(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        htmx: bool = False,
        within: float = ANSWER_SECONDS,
        follow: bool = True,
        before_end: Callable[[], object] | None = None,
    ) -> Answer:
        """Send a form with the token of the page visited last, following redirects.

        `before_end` is called when all of the form but its last byte is sent.
        """
        # The form's token works under another name too.
        token = self._client.cookies.get("csrftoken") or self._token or self._csrf_cookie()
        sent = {"csrfmiddlewaretoken": token, **(fields or {})}
        return self._ask("POST", path, sent, HTMX if htmx else {}, within, follow, before_end)

    def post_without_token(self, path: str) -> Answer:
        """Send a form as a foreign page would: without the token."""
        return self._ask("POST", path, {}, {}, ANSWER_SECONDS)

    def _csrf_cookie(self) -> str:
        cookies = self._client.cookies.items()
        return next((value for name, value in cookies if CSRF_COOKIE.search(name)), "")

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _ask(
        self,
        method: str,
        path: str,
        fields: dict[str, str],
        headers: dict[str, str],
        within: float,
        follow: bool = True,
        before_end: Callable[[], object] | None = None,
    ) -> Answer:
        within = patience(within)
        done, start = f"{method} {path}", time.monotonic()
        body = urlencode(fields).encode()
        if body:
            headers = {**headers, "Content-Type": FORM, "Content-Length": str(len(body))}
        try:
            with self._client.stream(
                method,
                path,
                content=_held_up(body, before_end) if before_end else body,
                headers=headers,
                timeout=within,
                follow_redirects=follow,
            ) as response:
                text = _read(response, start + within)
        except httpx.TimeoutException:
            return Answer(done, 0, "", within, path, f"no answer within {within:.0f} s")
        except httpx.HTTPError as error:
            seconds = time.monotonic() - start
            left_for = str(error) if isinstance(error, Elsewhere) else ""
            return Answer(done, 0, "", seconds, path, self._problem(error), left_for=left_for)
        seconds = time.monotonic() - start
        if text is None:
            problem = f"an endless answer: more than {READ_BYTES // 1_000_000} MB"
            return Answer(done, 0, "", seconds, path, problem)
        return self._answered(done, response, text, seconds)

    def _answered(self, done: str, response: httpx.Response, text: str, seconds: float) -> Answer:
        """Return an answer that came, and remember the token in it for the next form."""
        if token := TOKEN.search(text) or BARE_TOKEN.search(text):
            self._token = token[1]
        return Answer(
            done,
            response.status_code,
            text,
            seconds,
            response.url.path,
            url=str(response.url),
            redirects=tuple(_redirect(one) for one in response.history),
            swaps_by_header=any(name in response.headers for name in SWAPPING_HEADERS),
        )

    def _problem(self, error: httpx.HTTPError) -> str:
        """Return why there is no answer, in words."""
        if isinstance(error, Elsewhere):
            problem = f"it leads to {error}: that is another server, and nothing was sent to it"
            setting = _setting_that_leads(str(self._client.base_url), str(error))
            return f"{problem} ({setting} is on)" if setting else problem
        if isinstance(error, httpx.TooManyRedirects):
            return f"endless redirects, the last to {error.request.url.path}"
        return f"no answer: {error or type(error).__name__}"


def _held_up(body: bytes, before_end: Callable[[], object]) -> Iterator[bytes]:
    yield body[:-1]
    before_end()
    yield body[-1:]


def _redirect(response: httpx.Response) -> str:
    """Say what a redirect was and where it led: to the same server, for no other is asked."""
    target = response.url.join(response.headers.get("location", ""))
    return f"{response.status_code} to {target.raw_path.decode('ascii', 'replace')}"


def _setting_that_leads(own: str, address: str) -> str:
    """Return the setting of Django's that leads from a page at `own` to `address`, "" if none."""
    here, there = httpx.URL(own), httpx.URL(address)
    if there.scheme == "https" and is_same_server(own, str(there.copy_with(scheme=here.scheme))):
        return "SECURE_SSL_REDIRECT"
    return "PREPEND_WWW" if there.host == f"www.{here.host}" else ""


def _read(response: httpx.Response, deadline: float) -> str | None:
    """Return the body, None where it is too long or takes too long."""
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > READ_BYTES or time.monotonic() > deadline:
            return None
    return b"".join(parts).decode(response.encoding or "utf-8", "replace")


def visiting(base_url: str) -> closing[Visitor]:
    """Be a visitor inside the block."""
    return closing(Visitor(base_url))
