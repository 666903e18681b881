"""What a learner sees at the end of each step, in a real browser.

Each scene leads a snapshot to the moment that its page of the guide promises, and expects to see
it. The tests run the scenes; `python -m tests.browser.pictures` photographs them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from tests.support.snapshots import SnapshotRun
from workbook.projects.project import DEMO

# The admin's table is wide. Two halves stand side by side in a picture.
ADMIN: ViewportSize = {"width": 1600, "height": 700}
ONE: ViewportSize = {"width": 960, "height": 400}
HALF: ViewportSize = {"width": 470, "height": 400}
# A worker, a queue and a browser on a busy machine: what takes seconds may take some more.
SEEN_MS = 30_000
SEND_CLEANUP = (
    "from config import celery_app; print(celery_app.send_task('celery.backend_cleanup').id)"
)
SEND_HELLO = """
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
message = {'type': 'send_status', 'status': 'HELLO'}
async_to_sync(get_channel_layer().group_send)('status', message)
"""


@dataclass(frozen=True)
class Scene:
    """A scene of a step: `play` opens its pages, and returns what shows the promised then.

    `name` is the picture's file, `path` the page's address, `size` that of a window, and
    `variables` the run's environment.
    """

    step: str
    name: str
    path: str
    size: ViewportSize
    play: Callable[[SnapshotRun, BrowserContext], Sequence[Page | Locator]]
    variables: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def a_result_in_the_admin(step: SnapshotRun, context: BrowserContext) -> list[Locator]:
    """Send the task that every worker has, and find its row in the admin."""
    task_id = step.shell(SEND_CLEANUP).strip()
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/django_celery_results/taskresult/")
    page.get_by_label("Username").fill(DEMO)
    page.get_by_label("Password").fill(DEMO)
    page.get_by_role("button", name="Log in").click()
    row = page.get_by_role("row").filter(has_text=task_id)
    until_reloads_show(page, row.filter(has_text="SUCCESS"))
    return [page.locator("#result_list")]


def an_answer_at_once(_step: SnapshotRun, context: BrowserContext) -> list[Page]:
    """Press the button; the page that comes back shows the task’s id."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Start a task").click()
    expect(page.get_by_text("Your task is in the queue")).to_be_visible(timeout=SEEN_MS)
    return [page]


def a_bar_that_moves(_step: SnapshotRun, context: BrowserContext) -> list[Page]:
    """Press the button, and wait until the bar is beyond its middle; nothing is reloaded."""
    page = context.new_page()
    page.goto("/")
    page.evaluate("window.notReloaded = true")
    page.get_by_role("button", name="Start a task").click()
    expect(page.get_by_text(re.compile("PROGRESS: [68]0 % done"))).to_be_visible(timeout=SEEN_MS)
    assert page.evaluate("window.notReloaded")
    return [page]


def a_word_from_another_process(step: SnapshotRun, context: BrowserContext) -> list[Page]:
    """Open two live pages, and say HELLO from Django's shell."""
    pages = live_pages(context)
    for page in pages:
        expect(status_of(page)).to_have_text("RUNNING", timeout=SEEN_MS)
    step.shell(SEND_HELLO)
    for page in pages:
        expect(status_of(page)).to_have_text("HELLO", timeout=SEEN_MS)
    return pages


def pages_that_tick_together(_step: SnapshotRun, context: BrowserContext) -> list[Page]:
    """Open two live pages, and see them change together."""
    pages = live_pages(context)
    for status in ("RUNNING", "FINISHED", "RUNNING", "FINISHED"):
        for page in pages:
            expect(status_of(page)).to_have_text(status, timeout=SEEN_MS)
    return pages


def live_pages(context: BrowserContext) -> list[Page]:
    """Open two live pages, and see both say that they are connected."""
    pages = [context.new_page() for _ in range(2)]
    for page in pages:
        page.goto("/live/")
    for page in pages:
        expect(page.get_by_text("Connected.")).to_be_visible(timeout=SEEN_MS)
    return pages


def status_of(page: Page) -> Locator:
    """Return the place of a live page that a status is put into."""
    return page.locator("#status")


def until_reloads_show(page: Page, wanted: Locator, tries: int = 30) -> None:
    """Reload a page once a second until it shows `wanted`."""
    for _ in range(tries):
        if wanted.count():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    expect(wanted).to_be_visible()


SCENES = (
    Scene("01", "01-result", "/admin/", ADMIN, a_result_in_the_admin),
    Scene("02", "02-answer", "/", ONE, an_answer_at_once),
    Scene("03", "03-progress", "/", ONE, a_bar_that_moves),
    Scene("04", "04-hello", "/live/", HALF, a_word_from_another_process),
    Scene("05", "live", "/live/", HALF, pages_that_tick_together, {"STATUS_INTERVAL": "2"}),
)
