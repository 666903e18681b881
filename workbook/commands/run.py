"""The verb `run`: a project with every process it is made of, until somebody ends it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from workbook.errors import WorkbookError
from workbook.projects.procfile import commands
from workbook.projects.project import DEMO, Project, add_demo_login, find_project, private_copy
from workbook.redis_server.selection import ChosenRedis, chosen_redis
from workbook.runtime.child_environment import environment_for
from workbook.runtime.console import Console
from workbook.runtime.page_poller import FirstAnswer, PagePoller
from workbook.runtime.ports import require_free
from workbook.runtime.process_tree import processes_of_run
from workbook.runtime.run_records import Run, end_leftovers, opened_run
from workbook.runtime.signals import HANG_UP, StopRequested, StopSignals
from workbook.runtime.supervisor import Runner

DEFAULT_PORT = 8000
ANSWER_SECONDS = 60
FOLLOW_SECONDS = 0.1
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
            chosen = stack.enter_context(chosen_redis(redis, own_folder, run))
            run.note(chosen.processes())
            stack.callback(signals.only_hurry)
        Serving(project, port, chosen, run, console, signals).serve()


@dataclass(frozen=True)
class Serving:
    """A project that is about to run, and all that stands ready for it."""

    project: Project
    port: int
    redis: ChosenRedis
    run: Run
    console: Console
    signals: StopSignals

    def serve(self) -> None:
        """Prepare the database, start every process, and print what they say, until an end."""
        project = self.project
        copy = f"a private copy of {project.label}" if project.is_snapshot else project.folder
        self.console.say(f"{self.redis.sentence}\nRunning {copy}. Preparing its database …")
        environment = environment_for(self.redis.url, self.port, self.run.id)
        project.manage(environment, "migrate", "--noinput", "--verbosity", "0")
        if project.is_snapshot:
            add_demo_login(project, environment)
        runner = Runner(self.console)
        try:
            with self.signals.held():
                runner.start(commands(project.folder, self.port), project.folder, environment)
            with PagePoller(self.port, project.pages_to_open()) as watch:
                self._follow(runner, watch)
        except StopRequested:
            runner.say("Stopping …")
            raise
        finally:
            self.signals.only_hurry()
            strays = set(processes_of_run(self.run.id)) - set(self.redis.processes())
            runner.stop(strays, lambda: self.signals.hurry)

    def _follow(self, runner: Runner, watch: PagePoller) -> None:
        """Print the logs, and once that the page is ready, until something ends it."""
        deadline, next_note, ready = time.monotonic() + ANSWER_SECONDS, 0.0, False
        while True:
            runner.follow(FOLLOW_SECONDS)
            now = time.monotonic()
            if self.console.lost:
                raise StopRequested(HANG_UP)
            if watch.page and not ready:
                ready = True
                runner.say(self._ready_text(watch.page))
            if not ready and now > deadline:
                raise WorkbookError(
                    f"http://localhost:{self.port}/ did not answer within {ANSWER_SECONDS} "
                    f"seconds; everything was stopped. The last lines:\n{runner.last_lines()}"
                )
            if now > next_note:
                next_note = now + NOTE_SECONDS
                self.run.note([*self.redis.processes(), *runner.processes()])

    def _ready_text(self, page: FirstAnswer) -> str:
        address = f"http://localhost:{self.port}"
        lines = ["", f"ready: {address}/"]
        if page.status >= 400:
            lines.append(f"  It answers with status {page.status}: the log above may say why.")
        if page.path != "/":
            lines.append(f"  Open {address}{page.path} in two tabs: both show the same status.")
        if page.has_admin:
            login = f" (name {DEMO}, password {DEMO})" if self.project.is_snapshot else ""
            lines.append(f"  The admin: {address}/admin/{login}")
        return "\n".join([*lines, "  Ctrl-C stops everything.", ""])
