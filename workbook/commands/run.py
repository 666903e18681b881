"""The verb `run`: a project with every process it is made of, until somebody stops it.

What is started is started side by side. Redis and the preparation of the database need nothing
but the project's folder. A worker needs Redis alone, as long as nobody can send it a task. Web,
beat, and whatever else the Procfile names need the tables.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from workbook.bootstrap import compilation
from workbook.errors import WorkbookError
from workbook.projects.procfile import commands, is_celery_worker
from workbook.projects.project import DEMO, ProjectFolder, find_project, private_copy
from workbook.redis_server.selection import ChosenRedis, chosen_redis
from workbook.runtime.child_environment import environment_for
from workbook.runtime.console import Console
from workbook.runtime.ports import (
    IN_USE,
    can_bind,
    free_port,
    holder,
    listeners,
    port_number,
    require_free,
)
from workbook.runtime.process_tree import processes_of_run, trees
from workbook.runtime.run_records import Run, end_leftovers, opened_run
from workbook.runtime.signals import HANG_UP, StopRequested, StopSignals
from workbook.runtime.supervisor import Runner
from workbook.runtime.timeline import Part, Timeline

if TYPE_CHECKING:
    from workbook.runtime.page_poller import FirstAnswer

# Long: with a virus scanner that reads every file, on a busy machine, a server needs a minute.
ANSWER_SECONDS = 180
FOLLOW_SECONDS = 0.1
PREPARE_SECONDS = 0.02  # between two looks at the database that others wait for
NOTE_SECONDS = 2  # how often the record learns of new grandchildren


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Run a step with every process of its Procfile; Ctrl-C stops all."
    parser.add_argument("step", nargs="?", help="such as 03; default: work/ if there, else 05")
    where = "for the web pages; default: %(default)s"
    parser.add_argument("--port", type=port_number, default=8000, help=where)
    choices = "auto (default), server, embedded, or an address such as redis://localhost:6379"
    parser.add_argument("--redis", default="auto", metavar="WHICH", help=choices)
    where = "say where the time of the start went"
    parser.add_argument("--verbose", action="store_true", help=where)


def handle(options: argparse.Namespace) -> int:
    """Run a step until Ctrl-C, SIGTERM, or a closed terminal, and return the exit code.

    Raises WorkbookError where something is missing, or a process ends by itself; all is ended
    then, too.
    """
    timeline = Timeline(is_shown=options.verbose)
    signals = StopSignals()
    console = Console(signals.is_stopping)
    try:
        with signals.listening():
            _run(options, console, signals, timeline)
    except StopRequested as stop:
        console.say("Stopped: nothing is left running.")
        return stop.exit_code


def _run(
    options: argparse.Namespace, console: Console, signals: StopSignals, timeline: Timeline
) -> NoReturn:
    project, port = find_project(options.step), options.port
    for line in end_leftovers():
        console.say(line)
    commands(project.folder, port)  # complain before anything is started
    require_free(port)
    own_folder = None if project.is_snapshot else project.folder
    with contextlib.ExitStack() as stack:
        with signals.held():
            address = f"http://localhost:{port}/"
            run = stack.enter_context(opened_run(project.label, own_folder, address))
            redis_part = timeline.begin("Redis")
            chosen = stack.enter_context(chosen_redis(options.redis, own_folder, run))
            run.note(chosen.processes())
            if project.is_snapshot:
                project = private_copy(project, run.folder)
            stack.callback(signals.only_hurry)
        Serving(project, port, chosen, redis_part, run, console, signals, timeline).serve()


@dataclass(frozen=True)
class Serving:
    """A project that is about to run, and all that it needs; its Redis may still be starting."""

    project: ProjectFolder
    port: int
    redis: ChosenRedis
    redis_part: Part
    run: Run
    console: Console
    signals: StopSignals
    timeline: Timeline

    def serve(self) -> NoReturn:
        """Start everything, each as soon as it can, and print what it says, until an end."""
        project = self.project
        copy = f"a private copy of {project.label}" if project.is_snapshot else project.folder
        self.console.say(f"{self.redis.sentence}\nRunning {copy}. Preparing its database …")
        to_start = commands(project.folder, self.port)
        runner = Runner(self.console, to_start, self.timeline)
        try:
            self._start(runner, to_start)
            self._follow(runner)
        except WorkbookError:
            self._require_own_port(runner)
            raise
        except StopRequested:
            runner.say("Stopping …")
            raise
        finally:
            self.signals.only_hurry()
            strays = set(processes_of_run(self.run.id)) - set(self.redis.processes())
            runner.stop(strays, lambda: self.signals.hurry)

    def _start(self, runner: Runner, to_start: Mapping[str, str]) -> None:
        """Prepare the database, and start every process as soon as what it needs is there."""
        project = self.project
        with self.signals.held():
            database = self.timeline.begin("database")
            preparation = project.prepare_database(self._environment(), self.run.folder / "log")
            self.timeline.count_from_call(preparation.popen.pid, database.began)
            self.run.note([*self.redis.processes(), *trees([preparation.popen.pid])])
        announced = self.redis.sentence
        self.redis.wait()
        self.redis_part.end()
        if self.redis.sentence != announced:  # another took its port
            runner.say(self.redis.sentence)
        environment = self._environment()
        early = {name for name, line in to_start.items() if self._needs_no_tables(line)}
        with self.signals.held():
            runner.start(_chosen(to_start, early), project.folder, environment)
        while not preparation.is_done():
            self._print_logs(runner, PREPARE_SECONDS)
        database.end()
        with self.signals.held():
            runner.start(_chosen(to_start, to_start.keys() - early), project.folder, environment)

    def _environment(self) -> dict[str, str]:
        return environment_for(self.redis.url, self.port, self.run.id)

    def _require_own_port(self, runner: Runner) -> None:
        """Raise WorkbookError where another program took the port before the project did."""
        holders = {one.pid for one in listeners(self.port)}
        own = {one.pid for one in processes_of_run(self.run.id)}
        # Not every system tells who listens: then the project itself must have found it taken.
        is_told = not holders and IN_USE.search(runner.last_lines()) and not can_bind(self.port)
        if is_told or (holders and not holders & own):
            raise WorkbookError(
                f"{holder(self.port) or 'Another program'} took port {self.port} while the project "
                "was starting; everything was stopped. It is no fault of the project: end that "
                f"program, or choose another port: --port {free_port()}"
            )

    def _needs_no_tables(self, line: str) -> bool:
        """Tell whether the process of this `line` of the Procfile may start before the tables.

        A worker may, where no task can reach it yet: in a snapshot, whose code is known, with a
        Redis of its own, which is empty. The learner's own project is tried by its migrations
        first: an error that every process would meet is told once.
        """
        has_empty_queue = self.redis.named is None
        return self.project.is_snapshot and has_empty_queue and is_celery_worker(line)

    def _follow(self, runner: Runner) -> NoReturn:
        """Print the logs, and once that the page is ready, until something ends it."""
        from workbook.runtime.page_poller import (
            PagePoller,  # here, so that the processes start meanwhile
        )

        deadline, next_note, ready = time.monotonic() + ANSWER_SECONDS, 0.0, False
        page_part = self.timeline.begin("first page")
        with PagePoller(self.port, self.project.pages_to_open(), runner.wake) as watch:
            while True:
                self._print_logs(runner, FOLLOW_SECONDS)
                now = time.monotonic()
                if watch.page and not ready:
                    self._require_own_port(runner)
                    ready = True
                    page_part.end()
                    runner.say(self._ready_text(watch.page))
                    # Ended with the run, by the mark that all of its processes carry.
                    compilation.begin(self._environment())
                    if self.timeline.is_shown:
                        runner.say(f"{self.timeline.table()}\n")
                if not ready and now > deadline:
                    raise WorkbookError(
                        f"http://localhost:{self.port}/ did not answer within {ANSWER_SECONDS} "
                        f"seconds; everything was stopped. The last lines:\n{runner.last_lines()}"
                    )
                if now > next_note:
                    next_note = now + NOTE_SECONDS
                    self.run.note([*self.redis.processes(), *runner.processes()])

    def _print_logs(self, runner: Runner, seconds: float) -> None:
        """Print what comes in for `seconds`; the verb ends where nobody can read it any more."""
        runner.follow(seconds)
        self.signals.check()
        if self.console.lost:
            raise StopRequested(HANG_UP)

    def _ready_text(self, page: FirstAnswer) -> str:
        address = f"http://localhost:{self.port}"
        login = f" (name {DEMO}, password {DEMO})" if self.project.is_snapshot else ""
        lines = ["", f"ready: {address}{page.path}"]
        if page.status >= 400:
            lines.append(f"  It answers with status {page.status}: the log above may say why.")
        if page.path == page.admin:
            lines[1] += login
        elif page.has_admin:
            if page.path != "/":
                lines.append("  Open it in two tabs: both show the same status.")
            lines.append(f"  The admin: {address}{page.admin}{login}")
        return "\n".join([*lines, "  Ctrl-C stops everything.", ""])


def _chosen(to_start: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Return those of `to_start` that have one of `names`, in their order."""
    return {name: line for name, line in to_start.items() if name in names}
