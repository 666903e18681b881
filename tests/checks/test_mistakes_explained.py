"""Mistakes whose cause only their evidence tells: an exception, a DEBUG page, a log, a console.

`test_diagnosis` feeds the evidence; here a few come about for real. Each is a line appended, a word
changed, so that it means the same in any version of the step.
"""

import inspect
from collections.abc import Callable

import pytest

from checks.step_03 import test_poll_task_status as step_03
from checks.step_04 import test_setup_websocket as step_04
from checks.step_05 import test_websocket_celery as step_05
from checks.verdicts import Check
from tests.support.edited_projects import Appending, Edit, Mistake, reported_first

CONSUMERS, INDEX = "status/consumers.py", "templates/index.html"
TASKS, VIEWS = "status/tasks.py", "status/views.py"
START_PAGE = "test_the_page_loads_htmx"
CONSUMER = """
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.template.loader import render_to_string as as_html


class StatusConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add('status', self.channel_name)
        {accept}
        await self.send_status({{'status': 'RUNNING'}})

    async def send_status(self, event):
        {send}
"""
SEND = (
    "await self.send(as_html('status/partials/current_status.html', {'status': event['status']}))"
)

STEP_03 = (
    Mistake(
        "the-template-is-not-there",
        START_PAGE,
        (
            "status 500 after",
            "TemplateDoesNotExist: indx.html",
            "open status/views.py, line",
            "which file under templates/ is meant?",
        ),
        Appending(VIEWS, "def index(request):\n    return render(request, 'indx.html')"),
    ),
    Mistake(
        "the-template-ends-what-never-began",
        START_PAGE,
        ("TemplateSyntaxError", "'endif'", "open templates/index.html, line", "does endif close?"),
        Edit(INDEX, "{% csrf_token %}", "{% csrf_token %}{% endif %}"),
    ),
    Mistake(
        "the-start-page-sleeps",
        START_PAGE,
        ("no answer within 4 s", "it is at “time.sleep(60)”", "open status/views.py, line"),
        Appending(VIEWS, "import time\ndef index(request):\n    time.sleep(60)"),
    ),
    Mistake(
        "the-operational-error-of-another-library",
        "test_a_broker_that_is_down_is_reported",
        (
            "kombu.exceptions.OperationalError: Error 111",
            "open status/views.py, line",
            "from which library is the OperationalError that is caught?",
        ),
        Appending(VIEWS, "from django.db import OperationalError"),
    ),
    Mistake(
        "the-target-is-of-a-class-that-nothing-has",
        "test_a_click_leads_to_the_end_in_a_browser",
        ("htmx:targetError", "open templates/index.html, line", "is it a CSS selector"),
        Edit(INDEX, 'hx-target="#task"', 'hx-target=".task"'),
    ),
)
STEP_04 = (
    Mistake(
        "the-consumer-sends-json",
        "test_who_connects_is_sent_running",
        ("that is JSON", "open status/consumers.py, line", "JSON or HTML?"),
        Appending(
            CONSUMERS,
            CONSUMER.format(
                accept="await self.accept()",
                send="await self.send_json({'status': event['status']})",
            ),
        ),
    ),
    Mistake(
        "accept-is-not-awaited",
        "test_runserver_opens_the_websocket",
        (
            "Python says: coroutine accept was never awaited",
            "open status/consumers.py, line",
            "what does an async call need?",
        ),
        Appending(CONSUMERS, CONSUMER.format(accept="self.accept()", send=SEND)),
    ),
    Mistake(
        "connect-sleeps",
        "test_runserver_opens_the_websocket",
        (
            "no answer within 6 s: it is at “__import__('time').sleep(60)”",
            "open status/consumers.py, line",
        ),
        Appending(CONSUMERS, CONSUMER.format(accept="__import__('time').sleep(60)", send=SEND)),
    ),
)
STEP_05 = (
    Mistake(
        "every-run-believes-that-another-one-goes-on",
        "test_five_visitors_see_the_run",
        (
            "visitor 1 was sent nothing",
            "the worker took",
            "returned 'Another run goes on' at once",
            "open status/tasks.py, line",
        ),
        # Asked of a lock that this run has just taken itself. (Of two tasks of one name it would be
        # chance which one Celery keeps.)
        Edit(TASKS, "acquire(blocking=False)", "acquire(blocking=False) or lock.locked()"),
    ),
    Mistake(
        "the-partial-has-another-id",
        "test_a_browser_shows_the_run",
        ('<span id="state">', "has no element with the id state", "04, Push a partial"),
        Edit("templates/status/partials/current_status.html", 'id="status"', 'id="state"'),
    ),
    Mistake(
        "the-consumer-has-no-method-for-the-message",
        "test_five_visitors_stay_connected",
        (
            "code 1011",
            "No handler for message type send_status",
            "which method of the consumer takes messages of the type send_status?",
            "04, Write the consumer",
        ),
        Appending(
            CONSUMERS,
            "from asgiref.sync import sync_to_async\n"
            "from status.tasks import send_status_periodically\n"
            + CONSUMER.format(
                accept="await self.accept()\n"
                "        await sync_to_async(send_status_periodically.delay)()",
                send=SEND,
            )
            .replace("        await self.send_status({'status': 'RUNNING'})\n", "")
            .replace("def send_status", "def show_status"),
        ),
    ),
)

# `test_diagnosis` has their words; the way of their evidence is another one's in the ordinary run.
test_step_03 = reported_first(3, STEP_03)
test_step_04 = reported_first(4, STEP_04)
test_step_05 = reported_first(5, STEP_05)


SIMPLEST = [
    (step_03, "browsing", step_03.test_a_click_leads_to_the_end_in_a_browser),
    (step_04, "closed_pages", step_04.test_the_page_says_whether_it_is_connected),
    (step_05, "closed_pages", step_05.test_the_page_says_whether_it_is_connected),
    (step_05, "blocked_send", step_05.test_a_held_up_task_holds_up_nobody_else),
    (step_05, "failover", step_05.test_the_lock_of_a_killed_run_expires),
]


@pytest.mark.parametrize(("step", "fixture", "simplest"), SIMPLEST)
def test_what_looks_at_the_same_waits_for_the_simplest(
    step: object, fixture: str, simplest: Callable[..., None]
) -> None:
    """One cause is told once, by the check whose words are about it."""
    looking = [
        one
        for one in vars(step).values()
        if isinstance(getattr(one, "check", None), Check)
        and fixture in inspect.signature(one).parameters
    ]
    others = [one for one in looking if one is not simplest]
    assert simplest in looking and others
    assert [one.__name__ for one in others if not waits_for(one, simplest)] == []


def waits_for(function: Callable[..., None], other: Callable[..., None]) -> bool:
    """Tell whether a check waits for another one, or for one that does."""
    return any(one is other or waits_for(one, other) for one in function.check.after)
