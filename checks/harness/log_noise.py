"""The part of a log that the project itself wrote: no lines of its frameworks, short, in order.

What Celery, Django and the servers write of themselves, and of what the checks do to them, tells a
learner nothing about a ✗. Anything else stays, so that a line nobody knows is shown.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from workbook.runtime.process_output import without_escapes

# How a line of a log begins: when, by whom. The level is told where it is an error's.
_STAMPS = tuple(
    map(
        re.compile,
        (
            # Celery; what a task prints comes as a WARNING of its process
            r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+: (?P<level>[A-Z]+)/[^\]]+\] ?",
            # gunicorn
            r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[\d+\] \[(?P<level>[A-Z]+)\] ?",
            # daphne, and logging with the time in front
            r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[,.]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?[ :|-]*"
            r"(?:(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\b[ :|-]*)?",
        ),
    )
)
_TOLD_LEVELS = ("ERROR", "CRITICAL")

_NOISE = re.compile(
    "|".join(
        (
            # Celery's banners of worker and beat
            r" -{14} .*",
            r"-{1,3} \*+ -+(?: \*? ?-*)?(?: .*)?",
            r"\s+\.> .*",
            r"\[(?:tasks|queues|config)\]",
            r"  \. [\w.]+",
            r"celery beat v\S+ \(.*\) is starting\.",
            r"__ +- +\.\.\. __ +- +_",
            r"LocalTime -> .*|Configuration ->",
            r" +\. (?:broker|loader|logfile|maxinterval|db) -> .*",
            # Celery about itself
            r"Connected to \S+",
            r"(?:mingle|sync with|pidbox|missed heartbeat|Events of group)\b.*",
            r"celery@\S+ ready\.",
            r"beat: Starting\.\.\.|DatabaseScheduler: .*|Writing entries\.\.\.",
            r"(?:worker: )?(?:Warm|Cold) shutdown.*",
            # what the checks send, and look at
            r"(?:Scheduler: Sending due )?[Tt]ask \S*celery\.backend_cleanup.*",
            r"Scheduler: Sending due task .*backend_cleanup.*",
            r"Broken pipe from .*|Method Not Allowed \(\w+\): .*",
            r"Not Found: (?!/static/|/ws/).*",
            # Django's runserver
            r"Watching for file changes with \w+|Performing system checks\.\.\.",
            r"System check identified no issues.*",
            r"(?:January|February|March|April|May|June|July|August|September|October|November"
            r"|December) \d\d, \d{4} - \d\d:\d\d:\d\d",
            r"Django version .*, using settings .*",
            r"Starting (?:ASGI/Daphne version .* )?development server at .*",
            r"Starting ASGI/Daphne version .*",
            r"Quit the server with CTRL-BREAK\.|Quit the server with CONTROL-C\.",
            r"WARNING: This is a development server\..*",
            r"For more information on production servers see:? .*",
            r"\S+ changed, reloading\.",
            # daphne, uvicorn, gunicorn
            r"HTTP/2 support .*|Configuring endpoint .*|Listening on TCP address .*",
            r"Starting server at .*|Starting gunicorn .*|Listening at: .*|Using worker: .*",
            r"Booting worker with pid: .*",
            r"INFO: +(?:Started|Waiting|Application|Uvicorn|connection|Shutting|Finished)\b.*",
            # looks at pages and websockets
            r'\[\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d\] ".*" \d{3}\b.*',
            r"HTTP [A-Z]+ \S+ \d{3} \[[\d.]+, .*\]",
            r"WebSocket (?:HANDSHAKING|CONNECT|DISCONNECT|REJECT)\b.*",
            r'INFO: +\S+:\d+ - ".*|\S+ - \S+ \[[^\]]+\] ".*',
            # what a message held, byte by byte
            r"The full contents of the message (?:body was|headers):.*|b'.*' \(\d+b\)",
            r"The delivery info for this task is:|\{'(?:lang|exchange|content_type)': .*\}",
            # Python's advice to those who debug it
            r"RuntimeWarning: Enable tracemalloc to get the object allocation traceback",
        )
    )
)
# Warnings about the library that gives them; others, such as “was never awaited”, are kept.
_WARNING = re.compile(
    r"(?P<file>\S.*?):\d+: (?:\w*DeprecationWarning|RemovedIn\w+Warning|SecurityWarning): "
)
_WARNING_LINES = 12
_TASK = re.compile(r"(Task [\w.]+)\[[0-9a-f-]{36}\]")
_RAISED = re.compile(r"(ERROR: Task [\w.]+ raised unexpected): .*")  # and a traceback follows
_SECONDS = re.compile(r"\b(\d+\.\d)\d{3,}s\b")
_INSTALLED = re.compile(r"[^\s'\"(]*[/\\](?:site|dist)-packages[/\\]")
# The margin that Python draws beside the exceptions of a group.
_GROUP = re.compile(r"^\s+(?:\| ?|\+ (?=Exception Group))")
_GROUP_RULE = re.compile(r"\s+\+-[-+ \d]*")


def own_lines(text: str, project: Path) -> list[str]:
    """Return the lines of a log that are the project's own, without what differs from run to run.

    Times and ids of tasks are left out, a line that comes several times in a row is counted.
    Tracebacks are kept whole.
    """
    return list(_counted(_without_noise(without_escapes(text).splitlines(), project)))


def shown_paths(line: str, project: Path) -> str:
    """Return a line with paths as a learner knows them: from the project's or package's folder."""
    for folder in dict.fromkeys((project.resolve(), project)):
        line = line.replace(f"{folder}/", "").replace(f"{folder}\\", "")
    return _INSTALLED.sub("", line)


def _without_noise(lines: list[str], project: Path) -> Iterator[str]:
    is_group = any("Exception Group Traceback" in line for line in lines)
    skipped_to = 0
    for number, raw in enumerate(lines):
        if number < skipped_to:
            continue
        line = _without_stamp(raw.rstrip())
        if is_group:
            line = "" if _GROUP_RULE.fullmatch(line) else _GROUP.sub("", line)
        warning = _WARNING.match(line)
        if warning and project not in Path(warning["file"]).parents:
            skipped_to = _end_of_warning(lines, number)
            continue
        if line.strip() and not _NOISE.fullmatch(line):
            line = _RAISED.sub(r"\1", _TASK.sub(r"\1", line))
            yield _SECONDS.sub(r"\1 s", line)


def _without_stamp(line: str) -> str:
    for stamp in _STAMPS:
        if found := stamp.match(line):
            rest = line[found.end() :]
            level = found["level"]
            return f"{level}: {rest}" if level in _TOLD_LEVELS else rest
    return line


def _end_of_warning(lines: list[str], start: int) -> int:
    """Return the number of the line after a warning: the last one is indented, and shows code."""
    for number in range(start + 1, min(len(lines), start + 1 + _WARNING_LINES)):
        if any(stamp.match(lines[number]) for stamp in _STAMPS):
            break
        if lines[number].startswith("  ") and lines[number].strip():
            return number + 1
    return start + 1


def _counted(lines: Iterator[str]) -> Iterator[str]:
    for line, same in groupby(lines):
        count = len(list(same))
        yield f"{line} ({count} times)" if count > 1 else line
