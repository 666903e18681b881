"""Whatever a project of steps 03 to 05 does while it runs: each whole step ends in bounded time."""

from pathlib import Path

import pytest

from tests.support.edited_projects import Edit
from tests.support.hostile_projects import BadInput, require_a_clear_cross

VIEWS, TASKS, CONSUMERS = "status/views.py", "status/tasks.py", "status/consumers.py"
PARTIAL = "templates/status/partials/current_status.html"
ASKS, ASKING_ENDS = "test_the_fragment_polls_for_the_status", "test_polling_stops"
OPENS, GREETED = "test_runserver_opens_the_websocket", "test_who_connects_is_sent_running"
CONNECTED, LOGGED = "test_five_visitors_stay_connected", "test_the_worker_logs_no_error"
SEEN = "test_five_visitors_see_the_run"
# The beginnings of what is spoiled, as the snapshots write them.
ASKED = "    visitor = request.session.get('visitor')\n"
WORKS = "    print(message)\n"
CONNECT = "    async def connect(self):\n"
RUN = "        for iteration in range(num_iterations):\n"
LOCK = "    lock = redis.lock("
# Waits without a processor, and lets no other greenlet or coroutine of its thread go on.
BLOCKS = "__import__('os').read(__import__('os').pipe()[0], 1)\n"
PRINTS = "while True:\n        print('and on it goes ' * 1000)\n"
DIES_IN_LATIN_1 = (
    "    import os\n"
    "    os.write(1, 'das h\\xf6rt sich nicht gut an\\n'.encode('latin-1'))\n"
    "    os._exit(3)\n"
)


def consumer(line: str) -> str:
    """Return the beginning of a `connect` that does `line` first."""
    return f"{CONNECT}        {line}\n"


BAD_INPUTS = [
    BadInput(
        "task_that_never_returns",
        3,
        ASKING_ENDS,
        ("does it come to its end?",),
        Edit(TASKS, "sleep(1)", "sleep(3600)"),
    ),
    BadInput(
        "status_that_hangs",
        3,
        ASKS,
        ("no answer within 4 s",),
        Edit(VIEWS, ASKED, f"    {BLOCKS}"),
    ),
    BadInput(
        "consumer_that_holds_up_the_server",
        4,
        OPENS,
        ("no answer within 6 s: it is at", "sleep(3600)", "what does it wait for?"),
        Edit(CONSUMERS, CONNECT, consumer("__import__('time').sleep(3600)")),
    ),
    BadInput(
        "message_of_fifty_megabytes",
        4,
        GREETED,
        ("code 1011", "PayloadExceededError"),
        Edit(CONSUMERS, "{'status': 'RUNNING'})", "{'status': 'RUNNING' * 7_000_000})"),
    ),
    BadInput(
        "consumer_that_prints_without_an_end",
        4,
        OPENS,
        ("printed more than 20 MB",),
        Edit(CONSUMERS, CONNECT, consumer(PRINTS.replace("        ", " " * 12))),
    ),
    BadInput(
        "partial_in_another_encoding",
        4,
        GREETED,
        ("UnicodeDecodeError",),
        Edit(PARTIAL, "", "<p>grüß dich</p>".encode("latin-1")),
    ),
    BadInput(
        "run_that_never_goes_on",
        5,
        SEEN,
        ("visitor 1 was sent",),
        Edit(TASKS, "sleep(settings.STATUS_INTERVAL)", "sleep(3600)"),
    ),
    BadInput(
        "run_that_prints_without_an_end",
        5,
        LOGGED,
        ("seen it printed more than 20 MB", "what does it print"),
        Edit(TASKS, LOCK, f"    {PRINTS}{LOCK}"),
    ),
]
# For the long rounds: each ends as one of those above does, or of `test_bad_input`, or as a mistake
# does that is looked at in every run, but for the last: its check waits 15 s for a status that
# never comes. With other tests beside it that leaves too little of the thirty seconds. As a
# mistake, the same edit is looked at in every run.
LONG = [
    BadInput(
        "task_that_prints_without_an_end",
        3,
        ASKING_ENDS,
        ("printed more than 20 MB", "does it come to its end?"),
        Edit(TASKS, WORKS, f"    {PRINTS}"),
    ),
    BadInput(
        "task_that_stops_its_worker_in_another_encoding",
        3,
        ASKING_ENDS,
        ("rt sich nicht gut an",),
        Edit(TASKS, WORKS, DIES_IN_LATIN_1),
    ),
    BadInput(
        "fragment_of_fifty_megabytes",
        3,
        ASKS,
        ("more than 1 MB",),
        Edit(
            VIEWS,
            ASKED,
            "    from django.http import HttpResponse\n    return HttpResponse('x' * 50_000_000)\n",
        ),
    ),
    BadInput(
        "consumer_that_raises",
        4,
        OPENS,
        ("RuntimeError: no such day", CONSUMERS),
        Edit(CONSUMERS, CONNECT, consumer("raise RuntimeError('no such day')")),
    ),
    BadInput(
        "consumer_that_waits_for_ever",
        4,
        OPENS,
        ("it is at", "sleep(3600)", "what does it wait for?"),
        Edit(CONSUMERS, CONNECT, consumer("await __import__('asyncio').sleep(3600)")),
    ),
    BadInput(
        "consumer_that_never_stops_sending",
        4,
        OPENS,  # who never lets the server go on keeps the accepting from being sent, too
        ("no answer within 6 s: it is at", "what does it wait for?"),
        Edit(
            CONSUMERS,
            "        await self.send_status({'status': 'RUNNING'})\n",
            "        while True:\n            await self.send_status({'status': 'WALKING'})\n",
        ),
    ),
    BadInput(
        "consumer_that_raises_beside_a_task",
        5,
        CONNECTED,
        ("RuntimeError: no such day",),
        Edit(CONSUMERS, CONNECT, consumer("raise RuntimeError('no such day')")),
    ),
    BadInput(
        "consumer_that_holds_up_the_server_beside_a_task",
        5,
        CONNECTED,
        ("no answer within 6 s",),
        Edit(CONSUMERS, CONNECT, consumer("__import__('time').sleep(3600)")),
    ),
    BadInput(
        "run_that_never_ends",
        5,
        SEEN,
        ("visitor 1 was sent",),
        Edit(TASKS, RUN, "        for iteration in __import__('itertools').count():\n"),
    ),
    BadInput(
        # With fifty, a busy machine pushes one status for longer than the lock lives.
        "status_of_ten_megabytes",
        5,
        "test_five_visitors_stay_connected",
        ("exceeding payload limit", "status/consumers.py, line 26"),
        Edit(TASKS, "'status': status}", "'status': status * 1_400_000}"),
    ),
    BadInput(
        "run_that_dies_with_redis",
        "robust",
        "test_a_run_outlives_a_restart_of_redis",
        ("no status within 15 s",),
        Edit(TASKS, "            except RedisError:\n", "            except ZeroDivisionError:\n"),
    ),
]


# Everything that a project holds up is waited for where the whole step is run. In the gate these
# do that for the others, of which the check meant for them is run alone.
WHOLE_IN_THE_GATE = ("status_that_hangs", "run_that_never_goes_on")


@pytest.mark.parametrize(
    "bad",
    [*BAD_INPUTS, *(pytest.param(bad, marks=pytest.mark.long) for bad in LONG)],
    ids=str,
)
@pytest.mark.takes_long("a whole step, and a project that lets it wait as long as it can")
def test_bad_input_ends_in_a_cross(
    bad: BadInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    every = request.config.getoption("--all")
    # All checks of the lesson take thirty seconds on a right project: its own is run alone.
    whole = (every and bad.step != "robust") or bad.name in WHOLE_IN_THE_GATE
    require_a_clear_cross(bad, tmp_path, monkeypatch, whole_step=whole, every_process=every)
