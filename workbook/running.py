"""The verb `run`: a project with every process it is made of, until somebody ends it."""

from __future__ import annotations

import contextlib
import time

from workbook.console import Console
from workbook.errors import WorkbookError
from workbook.leftovers import Run, end_leftovers, opened_run
from workbook.page import Page, PageWatch
from workbook.ports import require_free
from workbook.processes import environment_for, marked, trees
from workbook.procfile import commands
from workbook.projects import DEMO, Project, add_demo_login, find_project, private_copy
from workbook.redis_choice import ChosenRedis, chosen_redis
from workbook.runner import Runner
from workbook.stopping import HANG_UP, StopRequested, StopSignals

DEFAULT_PORT = 8000
ANSWER_SECONDS = 60
NOTE_SECONDS = 2  # how often the record learns of new grandchildren


def run_step(step_text: str | None, port: int | None, redis: str) -> int:
    """Run a step until Ctrl-C, SIGTERM, or a closed terminal, and return the exit code.

    `step_text` names a snapshot; None means work/ if it is there, else step 05. `port` is where its
    page listens (None: 8000), `redis` is `auto`, `server`, `embedded` or a URL. Raises
    WorkbookError where something is missing, or a process ends by itself; all is ended then, too.
    """
    console, signals = Console(), StopSignals()
    try:
        with signals.listening():
            _run(find_project(step_text), port or DEFAULT_PORT, redis, console, signals)
    except StopRequested as stop:
        console.say("Stopped: nothing is left running.")
        return stop.exit_code


def _run(project: Project, port: int, redis: str, console: Console, signals: StopSignals) -> None:
    for line in end_leftovers():
        console.say(line)
    commands(project.folder, port)  # complain before anything is started
    require_free(port)
    own_folder = None if project.is_snapshot else project.folder
    with contextlib.ExitStack() as stack:
        with signals.held():
            address = f"http://localhost:{port}/"
            run = stack.enter_context(opened_run(project.label, own_folder, address))
            if project.is_snapshot:
                project = private_copy(project, run.folder)
            chosen = stack.enter_context(chosen_redis(redis, own_folder, run.id))
            run.note(trees([chosen.pid] if chosen.pid else []))
        _say_what_runs(console, project, chosen)
        _serve(project, port, chosen, run, console, signals)


def _say_what_runs(console: Console, project: Project, chosen: ChosenRedis) -> None:
    console.say(chosen.sentence)
    where = f"a private copy of {project.label}" if project.is_snapshot else str(project.folder)
    console.say(f"Running {where}. Preparing its database …")


def _serve(
    project: Project,
    port: int,
    chosen: ChosenRedis,
    run: Run,
    console: Console,
    signals: StopSignals,
) -> None:
    environment = environment_for(chosen.url, port, run.id)
    project.manage(environment, "migrate", "--noinput", "--verbosity", "0")
    if project.is_snapshot:
        add_demo_login(project, environment)
    runner = Runner(console)
    try:
        with signals.held():
            runner.start(commands(project.folder, port), project.folder, environment)
            run.note(runner.processes())
        with PageWatch(port, project.pages_to_open()) as watch:
            _follow(runner, watch, project, port, run, console)
    except StopRequested:
        runner.say("Stopping …")
        raise
    finally:
        ours = {process.pid for process in trees([chosen.pid] if chosen.pid else [])}
        strays = [process for process in marked(run.id) if process.pid not in ours]
        runner.stop(strays, lambda: signals.hurry)


def _follow(
    runner: Runner, watch: PageWatch, project: Project, port: int, run: Run, console: Console
) -> None:
    """Print the logs, and once that the page is ready, until something ends it."""
    deadline, next_note, ready = time.monotonic() + ANSWER_SECONDS, 0.0, False
    while True:
        runner.follow(0.1)
        now = time.monotonic()
        if console.lost:
            raise StopRequested(HANG_UP)
        if watch.page and not ready:
            ready = True
            runner.say(_ready_text(watch.page, project, port))
        if not ready and now > deadline:
            raise WorkbookError(
                f"http://localhost:{port}/ did not answer within {ANSWER_SECONDS} seconds; "
                f"everything was stopped. The last lines:\n{runner.last_lines()}"
            )
        if now > next_note:
            next_note = now + NOTE_SECONDS
            run.note(runner.processes())


def _ready_text(page: Page, project: Project, port: int) -> str:
    address = f"http://localhost:{port}"
    lines = ["", f"ready: {address}/"]
    if page.status >= 400:
        lines.append(f"  It answers with status {page.status}: the log above may say why.")
    if page.path != "/":
        lines.append(f"  Open {address}{page.path} in two tabs: both show the same status.")
    if page.has_admin:
        login = f" (name {DEMO}, password {DEMO})" if project.is_snapshot else ""
        lines.append(f"  The admin: {address}/admin/{login}")
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])
