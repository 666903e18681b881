"""A running tool in a workbook of the test's own, whose steps are tiny projects without Django."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.text_files import write_files
from tests.support.workbook_copy import SmallWorkbook
from workbook.invocation import CALL
from workbook.runtime import waiting
from workbook.runtime.process_output import decoded
from workbook.runtime.process_tree import end

# Every process that a test starts inherits this variable, so that none is overlooked.
MARK = "WORKBOOK_TEST"

MANAGE = """
import os, signal, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

class PageHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({"/": 200, "/admin/": 302}.get(self.path, 404))
        self.end_headers()

def stubborn():
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)

verb, rest = sys.argv[1], sys.argv[2:]
if verb == "migrate":
    Path("db.sqlite3").touch()
elif verb == "createsuperuser":
    print(rest, os.environ["DJANGO_SUPERUSER_PASSWORD"])
elif verb == "runserver":
    print("serving", flush=True)
    HTTPServer(("127.0.0.1", int(rest[0])), PageHandler).serve_forever()
elif verb == "fail":
    print("the reason it ended", flush=True)
    sys.exit(3)
elif verb == "show":
    print("broker is", os.environ["CELERY_BROKER_REDIS_URL"], flush=True)
    time.sleep(600)
elif verb == "detached":
    subprocess.Popen([sys.executable, "manage.py", "show"], start_new_session=True)
    time.sleep(600)
elif verb == "stubborn":
    stubborn()
    if not rest:
        subprocess.Popen([sys.executable, "manage.py", "stubborn", "child"], start_new_session=True)
    print("stubborn", *rest, flush=True)
    time.sleep(600)
"""

PROCFILE = "web: python manage.py runserver $PORT\nworker: python manage.py show\n"


def lay_project(folder: Path, procfile: str = PROCFILE, manage: str = MANAGE) -> Path:
    """Write a tiny project into `folder` and return it."""
    example = "CELERY_BROKER_REDIS_URL=redis://localhost:6379\n"
    write_files(folder, {"manage.py": manage, "Procfile": procfile, ".env.example": example})
    return folder


def lay_project_with_worker(folder: Path, manage: str = MANAGE) -> Path:
    """Write a tiny project with a real Celery worker, which makes a file `worker` as it starts."""
    procfile = "web: python manage.py runserver $PORT\nworker: celery -A app worker -P solo\n"
    app = (
        "import os; from pathlib import Path; from celery import Celery\n"
        "Path('worker').touch()\n"
        "celery = Celery('app', broker=os.environ['CELERY_BROKER_REDIS_URL'])\n"
    )
    write_files(folder, {"app.py": app})
    return lay_project(folder, procfile, manage)


@dataclass
class ToolRun:
    """A call of the tool that goes on, and what it has said so far."""

    process: subprocess.Popen[bytes]
    mark: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All it has said."""
        return "".join(self.lines)

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Wait until it has said `text`."""
        wait_until(lambda: text in self.text, seconds, lambda: f"“{text}” in:\n{self.text}")

    def ends(self, seconds: float = 30) -> int:
        """Wait until it has ended, and return its exit code."""
        return self.process.wait(seconds)

    def signal_and_wait(self, signum: int) -> int:
        """Send it a signal, wait until it has ended, and return its exit code."""
        self.process.send_signal(signum)
        return self.ends()

    def left(self) -> list[psutil.Process]:
        """Return the processes that it started, or that they did, and that still live."""
        return [one for one in marked_processes(self.mark) if one.pid != self.process.pid]

    def command_lines(self) -> list[list[str]]:
        """Return the words of each command that is left."""
        return command_lines(self.left())

    def read(self) -> None:
        """Collect what it says until it says no more."""
        for line in self.process.stdout:
            self.lines.append(decoded(line))


def marked_processes(mark: str) -> list[psutil.Process]:
    """Return the processes that were started with `mark` in their environment and still live."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def command_lines(processes: Iterable[psutil.Process]) -> list[list[str]]:
    """Return the words of each process's command; one that ends meanwhile is left out."""
    found = []
    for process in processes:
        with suppress(psutil.Error):
            found.append(process.cmdline())
    return found


@contextmanager
def tool_run(
    small: SmallWorkbook, *arguments: str, code: str = "", **options: object
) -> Iterator[ToolRun]:
    """Call the tool in the background; nothing of it outlives the block.

    `code` runs before it, in its Python; `options` go to Popen.
    """
    mark = uuid.uuid4().hex
    environment = os.environ | {"PYTHONPATH": str(small.root), "PYTHONUTF8": "1", MARK: mark}
    environment.pop("CELERY_BROKER_REDIS_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", f"{code}\n{CALL}", *arguments],
        cwd=small.root,
        env=environment | options.pop("variables", {}),
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | options,
    )
    run = ToolRun(process, mark)
    if process.stdout:
        threading.Thread(target=run.read, daemon=True).start()
    try:
        yield run
    finally:
        process.kill()
        process.wait()
        end(run.left(), grace_seconds=0)


def wait_until(
    condition: Callable[[], object], seconds: float, what: Callable[[], str] = str
) -> None:
    """Wait until `condition` holds; fail, saying `what` was awaited, after `seconds`."""
    assert waiting.wait_until(condition, seconds, 0.02), f"not within {seconds} s: {what()}"
