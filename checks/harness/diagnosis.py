"""Why a process or a project did not come up, and where to look, told from its own log."""

from __future__ import annotations

from checks.harness.process_log import last_frame
from checks.harness.server_process import Launched
from checks.verdicts import NotYet

# The section that lays a file, for those that can stop a process at its start.
SECTIONS = {
    "config/__init__.py": "01, Update the root config",
    "config/celery.py": "01, Configure the Celery app",
    "config/settings.py": "01, Update settings.py",
    "config/urls.py": "02, Give the page an address",
    "status/urls.py": "02, Give the page an address",
    "status/views.py": "02, Execute the task in the view",
    "status/tasks.py": "02, Write the task",
    "config/asgi.py": "04, Serve websockets",
    "status/consumers.py": "04, Write the consumer",
    "status/routing.py": "04, Route the websocket",
}
PROCESSES = "01, Run Django and Celery"
# What processes say of a cause without a frame of the learner's: what to open, and the section.
SAYINGS = {
    # Celery itself imports what the variable names: none of the learner's lines is in between.
    "ModuleNotFoundError": (
        "config/celery.py: which settings module does it name?",
        "01, Configure the Celery app",
    ),
    "Daphne must be listed": ("config/settings.py, INSTALLED_APPS", "04, Serve websockets"),
    "ASGI_APPLICATION": ("config/settings.py, ASGI_APPLICATION", "04, Serve websockets"),
}


def where_to_look(words: str, otherwise: str) -> tuple[str, str]:
    """Return what to open and the guide's section for a process that ended with `words`.

    `otherwise` is what to open where they name no file of the learner's.
    """
    if frame := last_frame(words):
        file, line = frame
        return f"{file}, line {line}", SECTIONS.get(file, PROCESSES)
    told = (place for saying, place in SAYINGS.items() if saying in words)
    return next(told, (otherwise, PROCESSES))


def ended(launched: Launched) -> NotYet:
    """Say that a process ended, or gave up, before it served anything."""
    code, words = launched.exit_code(), launched.log.tail()
    place, guide = where_to_look(words, otherwise=f"Procfile, the line of {launched.role}")
    if launched.log.note:
        seen = launched.log.note
    elif code is None:
        seen = "an error before it served anything"
    else:
        seen = f"it ended by itself with exit code {code}"
    return NotYet(
        done=f"started {launched.name}: {launched.command}",
        seen=seen,
        expected="a process that keeps running",
        look_at=place,
        guide=guide,
        words=words,
    )


def not_loaded(words: str) -> NotYet:
    """Say that Django does not load the project; `words` are the learner's frames."""
    lines = [line for line in words.splitlines() if line.strip()]
    frame = last_frame(words)
    return NotYet(
        done="loaded Django with your settings, your URLs and all they import",
        seen=lines[-1] if lines else "it ended and printed nothing",
        expected="no error: nothing else can be checked before",
        look_at=f"{frame[0]}, line {frame[1]}" if frame else "config/settings.py",
        guide="Troubleshooting",
        words=words,
    )
