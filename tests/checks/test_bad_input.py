"""Whatever a project does: a clear ✗ in bounded time, nothing left running, nothing changed.

Steps 01 and 02; what only a project that runs can do stands in `test_bad_input_running.py`.
"""

import time
from pathlib import Path

import pytest

from tests.support.edited_projects import Appending, Edit, Substituted, checks_on, edited_copy
from tests.support.hostile_projects import BadInput, require_a_clear_cross
from workbook.runtime.ports import free_port

SYNTAX_ERROR_SECONDS = 2
LOADS, STARTS = "test_django_loads_your_project", "test_the_processes_start"
FORM, AT_ONCE = "test_the_start_page_has_the_form", "test_the_page_answers_at_once"
STORED = "test_the_result_is_stored"
VIEWS, TASKS, SETTINGS = "status/views.py", "status/tasks.py", "config/settings.py"
BROKEN_LINE = "def broken(:\n"
BROKEN_FILES = (
    *(SETTINGS, "config/urls.py", "config/celery.py", "config/__init__.py"),
    *(VIEWS, TASKS),
)
WORKER = "celery -A config worker --loglevel=info -P gevent -c 10"
HANGING = "def index(request):\n    import time\n    time.sleep(3600)\n"
# Waits without a processor, and lets no other greenlet of its thread go on.
BLOCKS = "__import__('os').read(__import__('os').pipe()[0], 1)\n"
HUGE = """
def index(request):
    from django.http import HttpResponse
    return HttpResponse('x' * 50_000_000)
"""
ENDLESS = """
def index(request):
    from django.http import StreamingHttpResponse
    def parts():
        while True:
            yield '<p>and on it goes</p>' * 10
    return StreamingHttpResponse(parts())
"""
DIES_IN_LATIN_1 = """
import sys
if 'worker' in sys.argv:
    sys.stdout.buffer.write('Das h\\xf6rt sich nicht gut an\\n'.encode('latin-1') + b'\\xff\\x00')
    sys.stdout.buffer.write(b'\\n')
    sys.exit(3)
"""

BAD_INPUTS = [
    BadInput(
        "settings_that_raise",
        1,
        LOADS,
        ("RuntimeError: no such day", "config/settings.py"),
        Appending(SETTINGS, "raise RuntimeError('no such day')\n"),
    ),
    BadInput(
        "settings_that_end_python",
        1,
        LOADS,
        ("ended by itself",),
        Appending(SETTINGS, "import os\nos._exit(0)\n"),
    ),
    BadInput(
        "settings_that_never_end",
        1,
        LOADS,
        ("did not come to an end within 15 s",),
        Appending(SETTINGS, BLOCKS),
    ),
    BadInput(
        "app_that_is_not_there",
        2,
        LOADS,
        ("No module named 'statuz'",),
        Edit(SETTINGS, "    'status',", "    'statuz',"),
    ),
    BadInput(
        "circular_import",
        2,
        LOADS,
        ("circular import", "status/tasks.py"),
        Appending(TASKS, "from .views import check_status\n"),
    ),
    BadInput(
        "settings_in_another_encoding",
        1,
        LOADS,
        ("SyntaxError", "utf-8", "config/settings.py"),
        Appending(SETTINGS, "GREETING = 'grüß dich'\n".encode("latin-1")),
    ),
    BadInput(
        "environment_file_with_junk",
        1,
        LOADS,
        ("UnicodeDecodeError", "config/settings.py"),
        Edit(".env", "", b"\xff\xfe\x00junk\n=\n===\xc3("),
    ),
    BadInput(
        "procfile_missing",
        1,
        STARTS,
        ("There is no Procfile in your project",),
        Edit("Procfile", "", None),
    ),
    BadInput(
        "procfile_of_nothing_it_should_be",
        1,
        STARTS,
        ("names no process", "Procfile"),
        Edit("Procfile", "", "python manage.py runserver\n\n- worker\n"),
    ),
    BadInput(
        "procfile_of_bytes",
        1,
        STARTS,
        ("cannot be read", "Procfile"),
        Edit("Procfile", "", b"web: \xff\xfe\x00\n"),
    ),
    BadInput(
        "worker_that_dies_in_another_encoding",
        1,
        STARTS,
        ("started worker", "exit code 3", "rt sich nicht gut an"),
        Appending("config/celery.py", DIES_IN_LATIN_1),
    ),
    BadInput(
        "worker_that_is_none",
        1,
        STARTS,
        ("started worker: sleep 3600", "no answer within"),
        Edit("Procfile", WORKER, "sleep 3600"),
    ),
    BadInput(
        "page_on_another_port",
        1,
        STARTS,
        ("it listens on port", "$PORT"),
        Substituted("Procfile", r"\$PORT", lambda _: str(free_port())),
    ),
    BadInput("page_that_hangs", 2, FORM, ("no answer within 10 s",), Appending(VIEWS, HANGING)),
    BadInput("page_of_fifty_megabytes", 2, FORM, ("more than 1 MB",), Appending(VIEWS, HUGE)),
    BadInput("page_without_an_end", 2, FORM, ("more than 1 MB",), Appending(VIEWS, ENDLESS)),
    BadInput(
        "view_that_hangs",
        2,
        AT_ONCE,
        ("no answer within 10 s",),
        Edit(VIEWS, "    try:\n", f"    {BLOCKS}    try:\n"),
    ),
    BadInput(
        "task_that_never_returns",
        2,
        STORED,
        ("the worker is still at work", "does it ever end?"),
        Edit(TASKS, "sleep(2)", "sleep(3600)"),
    ),
    BadInput(
        "task_that_stops_its_worker",
        2,
        STORED,
        ("the worker no longer answers", "does it ever end?"),
        Edit(TASKS, "    sleep(2)\n", "    while True:\n        pass\n"),
    ),
]
# The ordinary run has a task that keeps a processor busy: `task_that_stops_its_worker`.
LONG = BadInput(
    "view_that_keeps_a_processor_busy",
    2,
    AT_ONCE,
    ("no answer within 10 s",),
    Edit(VIEWS, "    try:\n", "    while True:\n        pass\n    try:\n"),
)


@pytest.mark.parametrize("bad", [*BAD_INPUTS, pytest.param(LONG, marks=pytest.mark.long)], ids=str)
@pytest.mark.takes_long("a project that lets the checks wait as long as they can")
def test_bad_input_ends_in_a_cross(
    bad: BadInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    every = request.config.getoption("--all")
    require_a_clear_cross(bad, tmp_path, monkeypatch, every_process=every)


@pytest.mark.parametrize("file", BROKEN_FILES)
def test_syntax_error_by_file(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_a_clear_cross(_syntax_error(file), tmp_path, monkeypatch)


def test_a_syntax_error_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    for number in range(3):  # others may keep the machine busy for a moment
        folder = tmp_path / str(number)
        start = time.monotonic()
        checks_on(2, edited_copy(2, (), folder / "whole"), "--collect-only")
        pytests_own = time.monotonic() - start
        took = require_a_clear_cross(_syntax_error(SETTINGS), folder, monkeypatch)
        # On a machine that is busy for long, pytest's own start is the yardstick.
        tries.append((took - pytests_own) / max(SYNTAX_ERROR_SECONDS, 3 * pytests_own))
        if tries[-1] < 1:
            return
    raise AssertionError(f"each try took too long, as multiples of what it may take: {tries}")


def _syntax_error(file: str) -> BadInput:
    return BadInput(file, 2, LOADS, ("SyntaxError", file), Appending(file, BROKEN_LINE))
