"""Where to look, told from a process's own words: the file to open, and the guide's section."""

from __future__ import annotations

from checks.support.words import FRAME

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


def last_frame(words: str) -> tuple[str, str] | None:
    """Return the file and the line of the last frame in `words`, None where they hold none.

    `words` are those of `learners_frames`: every frame in them is the learner's own.
    """
    frames = [found for line in words.splitlines() if (found := FRAME.match(line))]
    return (frames[-1][1].replace("\\", "/"), frames[-1][2]) if frames else None


def where_to_look(words: str, otherwise: str) -> tuple[str, str]:
    """Return what to open and the guide's section for a process that ended with `words`.

    `otherwise` is what to open where they name no file of the learner's.
    """
    if frame := last_frame(words):
        file, line = frame
        return f"{file}, line {line}", SECTIONS.get(file, PROCESSES)
    told = (place for saying, place in SAYINGS.items() if saying in words)
    return next(told, (otherwise, PROCESSES))
