"""What the page Troubleshooting says, and small projects that get into the troubles it names."""

import functools
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.edited_projects import Edit
from tests.support.examples import ExampleProject, log_text
from tests.support.tool_process import wait_until
from workbook.paths import ROOT
from workbook.projects.copying import copy_project
from workbook.projects.steps import find_step

PAGE = ROOT / "docs" / "troubleshooting.md"
ENTRY = re.compile(
    r"^## (?P<heading>.+?) \{ #(?P<id>[\w-]+) \}$(?P<text>.*?)(?=^## |\Z)",
    re.MULTILINE | re.DOTALL,
)
CODE = re.compile(r"`([^`]+)`")
READY_SECONDS = 60
DATABASE = "db.sqlite3"
# Read by Celery's command line: a worker that looks for no others first is ready a second sooner.
FASTER = {"CELERY_WORKER_WITHOUT_MINGLE": "1", "CELERY_WORKER_WITHOUT_GOSSIP": "1"}


@dataclass(frozen=True)
class Entry:
    """One entry: its heading without the marks of code, its anchor, and what it says."""

    heading: str
    anchor: str
    text: str

    def is_said_by_a_check(self) -> bool:
        return bool(re.search(r"^A check reports this", self.text, re.MULTILINE))


def entries() -> list[Entry]:
    """Return the entries of the page."""
    found = ENTRY.finditer(PAGE.read_text(encoding="utf-8"))
    return [Entry(entry["heading"].replace("`", ""), entry["id"], entry["text"]) for entry in found]


def literal(anchor: str, text: str = "") -> re.Pattern[str]:
    """Return the literal text of an entry as what a log is searched for; `…` stands for anything.

    It is the first piece of code of the heading, or `text`, which the entry must name as code.
    """
    page = PAGE.read_text(encoding="utf-8")
    (entry,) = [one for one in ENTRY.finditer(page) if one["id"] == anchor]
    named = CODE.findall(entry["heading"]) + CODE.findall(entry["text"])
    wanted = text or named[0]
    assert wanted in named, f"#{anchor} does not name {wanted!r}"
    return re.compile(".*?".join(re.escape(piece) for piece in wanted.split("…")))


def listing(anchor: str) -> str:
    """Return the Python code that an entry has the reader type in Django's shell."""
    (entry,) = [one for one in entries() if one.anchor == anchor]
    return "".join(f"{line}\n" for line in re.findall(r"^>>> (.*)$", entry.text, re.MULTILINE))


def troubled_project(
    folder: Path, *edits: Edit, redis_url: str = "", **variables: str
) -> ExampleProject:
    """Lay step 03 with `edits` into `folder`, with its tables, and return it."""
    copy_project(find_step("03").folder, folder)
    (folder / DATABASE).write_bytes(database_of_step_03())
    for edit in edits:
        edit.apply(folder)
    return ExampleProject(folder, FASTER | variables, redis_url or ExampleProject.redis_url)


@functools.cache
def database_of_step_03() -> bytes:
    """Make the tables of step 03, and return its database: that takes seconds, so do it once."""
    with tempfile.TemporaryDirectory(prefix="workbook-troubles-") as folder:
        project = ExampleProject(Path(folder) / "project")
        copy_project(find_step("03").folder, project.folder)
        done = project.command("python", "manage.py", "migrate", "-v", "0")
        assert done.returncode == 0, done.stderr
        return (project.folder / DATABASE).read_bytes()


@contextmanager
def running_worker(
    project: ExampleProject, pool: str, waits_for: str = " ready."
) -> Iterator[Path]:
    """Run a worker on `pool`, wait until it says `waits_for`, and give its log.

    Where it ends by itself, the log's last line is `exit` and its exit code.
    """
    command = f"celery -A config worker --loglevel=info -P {pool} -c 8; echo exit $?"
    with project.runs("sh", "-c", command) as log:
        wait_until(lambda: waits_for in log_text(log), READY_SECONDS, lambda: log_text(log))
        yield log
