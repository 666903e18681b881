"""Of a log a learner is shown what their project said, and no line of a framework's."""

from pathlib import Path

import pytest

from checks.harness.log_noise import own_lines, shown_paths
from checks.harness.process_log import learners_frames
from checks.reporting.formatting import block, broken, log_lines
from checks.verdicts import NotYet

PROJECT = Path("/home/me/work")
SITE = "/home/me/.venv/lib/python3.13/site-packages"
UUID = "70527e86-5d46-4488-b12e-9117beca0f3d"
STAMP = "[2026-11-28 20:54:19,049: INFO/MainProcess]"
ERROR = "[2026-11-28 20:54:19,049: ERROR/ForkPoolWorker-1]"
PRINTED = "[2026-11-28 20:54:19,049: WARNING/ForkPoolWorker-1]"

ROOT_WARNING = f"""\
{SITE}/celery/platforms.py:893: SecurityWarning: You're running the worker with superuser: this is
absolutely not recommended!

Please specify a different user using the --uid option.

User information: uid=0 euid=0 gid=0 egid=0

  _warn_or_raise_security_error(egid, euid, gid, uid,
"""
WORKER_BANNER = """\

 -------------- celery@vm v5.7.0 (collider)
--- ***** -----\x20
-- ******* ---- Linux-6.18.44-x86_64-with-glibc2.36 2026-11-28 20:54:17
- *** --- * ---\x20
- ** ---------- [config]
- ** ---------- .> app:         config:0x7f9645ac59d0
- ** ---------- .> transport:   redis://:**@127.0.0.1:28534//
- *** --- * --- .> concurrency: 10 (gevent)
 -------------- [queues]
                .> celery           exchange=celery(direct) key=celery


[tasks]
  . status.tasks.send_status

"""
WORKER = f"""\
{STAMP} Connected to redis://:**@127.0.0.1:28534//
{STAMP} celery@vm ready.
{STAMP} pidbox: Connected to redis://:**@127.0.0.1:28534//.
{STAMP} Task celery.backend_cleanup[{UUID}] received
{STAMP} Task celery.backend_cleanup[{UUID}] succeeded in 0.039420565000909846s: None
"""
BEAT = """\
celery beat v5.7.0 (collider) is starting.
__    -    ... __   -        _
LocalTime -> 2026-11-28 20:54:17
Configuration ->
    . broker -> redis://:**@127.0.0.1:28534//
    . loader -> celery.loaders.app.AppLoader
    . logfile -> [stderr]@%INFO
    . maxinterval -> 5.00 seconds (5s)

[2026-11-28 20:54:17,576: INFO/MainProcess] beat: Starting...
[2026-11-28 20:54:17,576: INFO/MainProcess] DatabaseScheduler: Schedule changed.
[2026-11-28 20:54:17,576: INFO/MainProcess] Scheduler: Sending due task x (celery.backend_cleanup)
"""
RUNSERVER = """\
Watching for file changes with StatReloader
Performing system checks...

System check identified no issues (0 silenced).
November 28, 2026 - 20:54:17
Django version 5.2.19, using settings 'config.settings'
Starting development server at http://127.0.0.1:30460/
Quit the server with CONTROL-C.

WARNING: This is a development server. Do not use it in a production setting.
For more information on production servers see: https://docs.djangoproject.com/
/home/me/work/status/views.py changed, reloading.
"""
LOOKS = """\
[28/Nov/2026 20:54:18] "GET / HTTP/1.1" 200 543
Not Found: /nope/
Method Not Allowed (GET): /check-status/
HTTP GET /live/ 200 [0.00, 127.0.0.1:48056]
WebSocket HANDSHAKING /ws/status [127.0.0.1:48060]
WebSocket DISCONNECT /ws/status [127.0.0.1:48060]
INFO:     127.0.0.1:54321 - "GET / HTTP/1.1" 200 OK
127.0.0.1:54321 - - [28/Nov/2026:20:54:18] "GET /" 200 543
"""
SERVERS = """\
2026-11-28 20:54:17,000 INFO     Starting server at tcp:port=8000:interface=127.0.0.1
2026-11-28 20:54:17,000 INFO     Listening on TCP address 127.0.0.1:8000
2026-11-28 20:54:17,000 INFO     HTTP/2 support not enabled (install the http2 extras)
[2026-11-28 20:54:17 +0000] [4711] [INFO] Starting gunicorn 23.0.0
INFO:     Started server process [4711]
"""
DEPRECATED = f"""\
{PRINTED} {SITE}/celery/consumer.py:508: CPendingDeprecationWarning: The setting will no longer
determine whether broker connection retries are made during startup in Celery 6.0 and above.
  warnings.warn(

{SITE}/django/db/models.py:7: RemovedInDjango60Warning: default will change.
  super().__init__()
"""
ABOUT_A_MESSAGE = """\
The full contents of the message body was:
b'[[], {}, {"callbacks": null}]' (77b)

The full contents of the message headers:
{'lang': 'py', 'task': 'nobody.knows'}

The delivery info for this task is:
{'exchange': '', 'routing_key': 'celery'}
"""


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(ROOT_WARNING, id="Celery's warning about root"),
        pytest.param(WORKER_BANNER, id="the worker's banner"),
        pytest.param(WORKER, id="the checks' own burst of tasks"),
        pytest.param(BEAT, id="the banner of beat"),
        pytest.param(RUNSERVER, id="runserver's start and its system check"),
        pytest.param(LOOKS, id="our own looks at pages and websockets"),
        pytest.param(SERVERS, id="daphne, gunicorn and uvicorn"),
        pytest.param(DEPRECATED, id="deprecations in site-packages"),
        pytest.param(ABOUT_A_MESSAGE, id="a message byte by byte"),
    ],
)
def test_what_a_framework_says_of_itself_is_left_out(noise: str) -> None:
    assert own_lines(f"before\n{noise}after\n", PROJECT) == ["before", "after"]


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /ws/status",
        "Not Found: /static/htmx.js",
        "Forbidden (CSRF token missing.): /check-status/",
        "/usr/lib/asyncio.py:7: RuntimeWarning: coroutine 'C.send' was never awaited",
        "    . scheduler -> celery.beat.PersistentScheduler",
        "consumer: Cannot connect to redis://127.0.0.1:1//: Error 111 connecting.",
        "/home/me/work/status/tasks.py:7: DeprecationWarning: old",
        "----- status: 3 -----",
        "HTTP is said by me",
        "?: (staticfiles.W004) The directory in the STATICFILES_DIRS setting does not exist.",
    ],
)
def test_what_may_explain_a_failure_is_kept(line: str) -> None:
    assert own_lines(line, PROJECT) == [line]


def test_a_print_in_a_task_is_shown_without_its_stamp() -> None:
    text = f"{PRINTED} Sending status...\n{STAMP} Task status.tasks.x[{UUID}] received\n"
    text += f"{STAMP} Task status.tasks.x[{UUID}] succeeded in 5.012345678s: 'Another run goes on'"
    assert own_lines(text, PROJECT) == [
        "Sending status...",
        "Task status.tasks.x received",
        "Task status.tasks.x succeeded in 5.0 s: 'Another run goes on'",
    ]


def test_a_line_that_differs_by_its_time_alone_is_counted() -> None:
    text = "".join(f"[2026-11-28 20:54:{s},0: WARNING/MainProcess] again\n" for s in range(10, 22))
    assert own_lines(f"{text}last", PROJECT) == ["again (12 times)", "last"]


def test_colours_hide_no_noise() -> None:
    text = "\x1b[32mHTTP GET / 200 [0.00, 127.0.0.1:1]\x1b[0m\n\x1b[31;1mmine\x1b[0m"
    assert own_lines(text, PROJECT) == ["mine"]


def test_paths_begin_where_a_learner_knows_them() -> None:
    assert shown_paths("cannot read /home/me/work/status/views.py", PROJECT).endswith(
        "read status/views.py"
    )
    assert shown_paths(f"see {SITE}/celery/app.py", PROJECT) == "see celery/app.py"
    windows = r"see C:\me\.venv\Lib\site-packages\celery\app.py"
    assert shown_paths(windows, PROJECT) == r"see celery\app.py"


def test_paths_in_a_log_without_a_traceback_are_short_as_well() -> None:
    words = learners_frames("cannot read /home/me/work/status/views.py\n", PROJECT)
    assert words == "cannot read status/views.py"


FOREIGN = f"""\
{ERROR} Received unregistered task of type 'nobody.knows'.
The message has been ignored and discarded.
{ABOUT_A_MESSAGE}Traceback (most recent call last):
  File "{SITE}/celery/worker/consumer/consumer.py", line 824, in on_task_received
    strategy = strategies[type_]
               ~~~~~~~~~~^^^^^^^
KeyError: 'nobody.knows'
{STAMP} Task celery.backend_cleanup[{UUID}] received
"""


def test_a_traceback_without_an_own_frame_says_what_was_logged_with_it() -> None:
    assert learners_frames(FOREIGN, PROJECT).splitlines() == [
        "ERROR: Received unregistered task of type 'nobody.knows'.",
        "KeyError: 'nobody.knows'",
    ]


def test_the_error_of_a_task_is_not_told_twice() -> None:
    text = (
        f"{ERROR} Task status.tasks.x[{UUID}] raised unexpected: TypeError('takes 1')\n"
        "Traceback (most recent call last):\n"
        f'  File "{SITE}/celery/app/trace.py", line 5, in trace_task\n    fun()\n'
        "TypeError: takes 1\n"
    )
    assert learners_frames(text, PROJECT).splitlines() == [
        "ERROR: Task status.tasks.x raised unexpected",
        "TypeError: takes 1",
    ]


def test_a_traceback_that_a_task_prints_line_by_line_is_read() -> None:
    lines = [
        "Traceback (most recent call last):",
        '  File "/home/me/work/status/tasks.py", line 3, in x',
        "    1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    words = learners_frames("\n".join(f"{PRINTED} {line}" for line in lines), PROJECT)
    assert words.splitlines()[0] == '  File "status/tasks.py", line 3, in x'
    assert words.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_of_a_group_of_exceptions_the_inner_one_is_told() -> None:
    text = """\
  + Exception Group Traceback (most recent call last):
  |   File "/usr/lib/python3/asyncio/runners.py", line 5, in run
  |     run()
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/home/me/work/status/consumers.py", line 9, in connect
    |     raise ValueError("no")
    | ValueError: no
    +------------------------------------
"""
    assert learners_frames(text, PROJECT).splitlines() == [
        '  File "status/consumers.py", line 9, in connect',
        '    raise ValueError("no")',
        "ValueError: no",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'Traceback (most recent call last):\n  File "probe.py", line 3\n    run()\n'
            "django.db.utils.OperationalError: no such table: x\n",
            "django.db.utils.OperationalError: no such table: x",
        ),
        ("The process ended by itself. Its last lines:\nKilled\n", "Killed"),
        (
            "Redis did not answer within 9 seconds. Its last lines:\n  (it said nothing)",
            "Redis did not answer within 9 seconds.",
        ),
        ("not at its end within 5 s\nmore", "not at its end within 5 s"),
    ],
)
def test_a_check_that_broke_says_the_line_that_matters(text: str, told: str) -> None:
    assert broken(RuntimeError(text)) == f"the check itself broke: RuntimeError: {told}"


LONG = "    return render(request, 'status/partials/task.html', {'task': result, 'more': 1})"
MARKS = "           " + "^" * 70


def shown(words: str, width: int) -> list[str]:
    not_yet = NotYet("-", "-", "-", "-", "-", words)
    lines = [label + text for label, text in block(not_yet, width)]
    return lines[lines.index("    log") + 1 :]


def test_marks_below_a_line_of_code_never_wrap() -> None:
    assert "^" not in "".join(shown(f"{LONG}\n{MARKS}", 80))
    assert shown("    1 / 0\n    ~~^~~", 80) == ["      │     1 / 0", "      │     ~~^~~"]
    assert log_lines(f"{LONG}\n{MARKS}", 200) == [LONG, MARKS]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_log_is_at_most_80_columns_wide_and_what_wraps_is_indented(width: int) -> None:
    lines = shown(f"{LONG}\nValueError: {'many words ' * 30}", width)
    assert max(map(len, lines)) <= min(width, 80)
    assert not any(line.startswith("      │         ") for line in lines[:1])
    assert lines[1].startswith("      │         ")


def test_a_field_without_text_says_nothing_instead_of_a_question_mark() -> None:
    not_yet = NotYet("asked", " \n", "an answer", "a file", "01, Begin")
    assert ("    seen     ", "nothing") in list(block(not_yet, 80))
