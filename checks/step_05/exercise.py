"""What goes on beside the checks for step 05's exercise: its task's owner, and a stranger."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from checks.clients.background import Later
from checks.clients.dom import elements_of
from checks.clients.htmx import bar, has_trigger, polled_path, quoted
from checks.clients.http_client import Answer, Visitor, visiting
from checks.clients.websocket_client import Frame, Refused, Sockets, WebsocketClient, opened_sockets
from checks.harness.project import Project
from checks.verdicts import Open
from workbook.projects.procfile import commands

PATH = "/check-status/"
FIRST_SECONDS, TASK_SECONDS = 4, 12
CONSUMERS, TASKS = "status/consumers.py", "status/tasks.py"
NONE_OPENS = (
    "Neither the start page nor the answer to its form opens a websocket: no ws-connect there yet."
)
# Where a page opens a websocket. The one of /live/ is there before the exercise.
OPENING = re.compile(r"\bws-connect\b|\bnew WebSocket\b")
CONCURRENCY = re.compile(r"(?:-c|--concurrency)[= ]*(\d+)")
ENOUGH = 4


@pytest.fixture(scope="package")
def pushed(project: Project) -> Later[None]:
    """Go through the exercise, beside whatever else goes on."""
    project.running()
    return Later(lambda: look(project))


def goes_beside(project: Project) -> bool:
    """Tell whether the exercise can begin early: somebody began it, and a worker has room."""
    worker = commands(project.folder, project.port)["worker"]
    found = CONCURRENCY.search(worker)
    return bool(found and int(found[1]) >= ENOUGH) and is_begun(project)


def is_begun(project: Project) -> bool:
    """Tell whether a second place opens a websocket: without one nothing needs to be tried."""
    files = [file for kind in ("*.html", "*.py", "*.js") for file in project.folder.rglob(kind)]
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return sum(len(OPENING.findall(text)) for text in texts) > 1


def look(project: Project) -> None:
    """Start a task as a visitor does, and look at what is pushed. Raises Open."""
    if not is_begun(project):
        raise Open(NONE_OPENS)
    with pushing(project.url) as pushed:
        _require_told(pushed)
        _require_no_polling(pushed)
        _require_private(pushed)


@dataclass
class Pushed:
    """A visitor who started a task and listens, and a stranger who listens at the same address."""

    answer: Answer
    path: str
    owner: WebsocketClient
    stranger: WebsocketClient | None  # None where it is refused

    @property
    def task_id(self) -> str:
        """The id of the task."""
        return self.answer.task_ids()[0]

    def news(self) -> list[Frame]:
        """Return what the owner was sent about the task."""
        return [frame for frame in list(self.owner.frames) if _share(frame) is not None]


@contextmanager
def pushing(url: str) -> Iterator[Pushed]:
    """Start a task and open its websocket, as the page does that says `ws-connect`.

    It may stand in the page, so that it is open before the task is sent, or in the answer.
    """
    with ExitStack() as stack:
        owner, stranger = (stack.enter_context(visiting(url)) for _ in range(2))
        sockets = stack.enter_context(opened_sockets())
        path = _socket_of(owner.get("/"))
        stranger.get("/")
        early = _listen(sockets, url, path, owner) if path else None
        answer = owner.post(PATH, htmx=True)
        path = path or _socket_of(answer)
        if not path:
            raise Open(NONE_OPENS)
        if not answer.is_fine or not answer.task_ids():
            raise Open(f"The answer to the form shows no task's id any more: {answer.seen}.")
        own = early or _listen(sockets, url, path, owner)
        yield Pushed(answer, path, own, sockets.try_open(url, path, cookies=stranger.cookies))


def _socket_of(page: Answer) -> str:
    """Return the path of the websocket that a page or a fragment opens, empty if none."""
    found = (element.get("ws-connect") for element in elements_of(page.text))
    return next(filter(None, found), "").removeprefix("ws:").removeprefix("connect:")


def _listen(sockets: Sockets, url: str, path: str, visitor: Visitor) -> WebsocketClient:
    try:
        return sockets.open(url, path, cookies=visitor.cookies)
    except Refused as refused:
        raise Open(
            f"The page wants to open {path}, and it does not open: {refused.seen}. "
            "status/routing.py: which consumer is there?"
        ) from None


def _share(frame: Frame) -> float | None:
    return bar(Answer("", 200, frame.text, 0))


def _tells_the_end(frame: Frame) -> bool:
    return _share(frame) == 1 or "SUCCESS" in frame.words


def _require_told(pushed: Pushed) -> None:
    """Wait until the owner was told of the end, in more than one message."""
    owner = pushed.owner
    if not owner.wait_for(pushed.news, FIRST_SECONDS):
        raise Open(
            f"{pushed.path} opens, and its owner is sent no <progress> within {FIRST_SECONDS} s; "
            f"{owner.seen}. {CONSUMERS}: which group does it join, and who sends to that?"
        )
    done = owner.wait_for(lambda: any(map(_tells_the_end, list(owner.frames))), TASK_SECONDS)
    shares = list(dict.fromkeys(_share(frame) for frame in pushed.news()))
    shown = ", ".join(f"{share:.0%}" for share in shares)
    if len(shares) < 3:
        raise Open(
            f"The owner was sent {shown}, and nothing in between. {TASKS}: what sends it to the "
            "group after update_state was called?"
        )
    if not done:
        raise Open(
            f"The owner was sent {shown}, and never the end. A state such as SUCCESS is stored "
            "after the function has returned: what could send it then?"
        )


def _require_no_polling(pushed: Pushed) -> None:
    """Require that nothing in the page asks any more once the first message has come."""
    if polled_path(pushed.answer) is None:
        return
    asking = next(
        element for element in elements_of(pushed.answer.text) if element.get("hx-get") is not None
    )
    first = pushed.news()[0]
    replaced = {element.id for element in elements_of(first.text)}
    around = {element.id for element in asking.lineage() if element.id}
    asks = any(has_trigger(Answer("", 200, frame.text, 0)) for frame in pushed.news())
    if asks or not replaced & around:
        raise Open(
            "The progress is pushed, and the page polls as well: the fragment’s hx-trigger is "
            "still there after the first message. Which message could replace it without one?"
        )


def _require_private(pushed: Pushed) -> None:
    if pushed.stranger is None:
        return
    own = {frame.text for frame in pushed.news()}
    leaks = [
        frame
        for frame in pushed.stranger.frames
        if pushed.task_id in frame.text or frame.text in own
    ]
    if leaks:
        raise Open(
            f"A stranger who opened {pushed.path} was sent {quoted(leaks[-1].words, 80)}. "
            f"{CONSUMERS}: how does it know whose task that is?"
        )
