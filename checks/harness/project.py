"""The learner's project as it really runs: a copy, a private Redis, the Procfile's processes.

It comes up in stages, each kept: `loaded`, `migrated`, `running`. A stage that fails raises the
same NotYet each time it is asked for again.
"""

from __future__ import annotations

import functools
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from checks.harness.databases import project_databases
from checks.harness.databases.package_tables import lay_tables
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import explain
from checks.harness.diagnosis.startup import not_loaded
from checks.harness.instances import FROZEN, IDLE, Detached, Instance, Twin
from checks.harness.preflight import (
    own_commands,
    require_celery_app,
    require_own_addresses,
    require_own_clients,
    require_package,
    require_reachable,
    require_remote_control,
    require_results_in_database,
    without_helpers,
)
from checks.harness.probe_client import Probe, ProbeError
from checks.harness.process_log import learners_frames
from checks.harness.reserve import Reserve, take_reserve
from checks.harness.server_process import INTERVAL_SECONDS, Launched, Launcher
from checks.harness.worker import await_worker
from checks.harness.working_copy import copy_of, copy_with_tables, forget
from checks.pace import patience
from checks.progress import awaiting
from checks.target import Target
from checks.verdicts import CannotTell, NotYet
from workbook.errors import WorkbookError
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.process_tree import end, processes_of_run
from workbook.runtime.run_records import Run, end_leftovers, opened_run
from workbook.runtime.waiting import wait_until

__all__ = ["FROZEN", "IDLE", "INTERVAL_SECONDS", "Project", "opened_project"]

# A machine at rest loads a project in half a second; one that is busy for long is no mistake.
LOAD_SECONDS, MIGRATE_SECONDS = 15, 20
Result = TypeVar("Result")


def stage(function: Callable[[Project], Result]) -> Callable[[Project], Result]:
    """Run a stage once; from then on return its result again, or raise its exception again.

    Any thread may ask: the others wait for the one that came first.
    """

    @functools.wraps(function)
    def once(self: Project) -> Result:
        name = function.__name__
        with self._locks[name]:
            outcome = self._stages.get(name)
            if outcome is None:
                try:
                    outcome = (function(self), None)
                except (NotYet, CannotTell) as error:
                    outcome = (None, error)
                self._stages[name] = outcome
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]

    return once


class Project(Instance):
    """A copy of the learner's project, and everything that runs for it."""

    def __init__(
        self,
        target: Target,
        run: Run,
        redis: RedisServer,
        roles: Collection[str] | None = None,
        reserve: Reserve | None = None,
    ) -> None:
        self._stages: dict[str, tuple[Any, Exception | None]] = {}
        # One each: who asks for an early stage must not wait for the end of a late one.
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._reserve = reserve
        self.target, self.run, self.roles = target, run, roles
        self.folder = run.folder / "project"
        super().__init__(Launcher(self.folder, run), redis, reserve.port if reserve else None)
        self._detached = Detached(self._launch_web, run)
        self._probe: Probe | None = None
        self.databases: project_databases.Databases = {}  # known once it is loaded
        # What a step wants done with the tables made, before the processes start.
        self.before_start: Callable[[], object] = lambda: None
        copy_of(target.folder, self.folder)

    # The stages

    @stage
    def loaded(self) -> dict[str, Any]:
        """Load Django, and return what the project resolved (see the probe's `settings`).

        Nothing has been started then, and every address is known to be private.
        """
        try:
            self.databases = self._own_databases()
            self.ask("load", within_seconds=LOAD_SECONDS)
            settings = self.ask("settings")
        except ProbeError as error:
            raise not_loaded(str(error), self.folder) from None
        require_own_addresses(settings, self.redis.url)
        require_package(settings)
        self.launcher = replace(self.launcher, host=settings["host"] or LOOPBACK)
        if settings["broker_url"]:
            self.speak_as(settings["celery"])
        return settings

    def _own_databases(self) -> project_databases.Databases:
        """Return the databases of the copy, fresh, and without those that a variable leads to.

        Raises CannotTell or NotYet where one is not the copy's own.
        """
        found = self._ask_databases()
        if not project_databases.are_own(found, self.folder):
            env_file = self.folder / ".env"
            text = env_file.read_text(encoding="utf-8", errors="replace")
            leading = project_databases.variables_of(
                self.launcher.environment(self.redis.url), text
            )
            forget(env_file, leading)
            self.launcher = replace(self.launcher, unset=leading)
            with suppress(ProbeError):  # it has no default: what was found first is told
                found = self._ask_databases()
            project_databases.require_own(found, self.folder, leading)
        for file in project_databases.files_of(found, self.folder):
            project_databases.delete(file)  # of the learner's own tables nothing comes along
        return found

    def _ask_databases(self) -> project_databases.Databases:
        """Start a probe, in place of a former one, and ask it for the databases."""
        if self._probe:
            self._probe.close()
        environment = self.launcher.environment(self.redis.url)
        held = self._reserve.probe(environment) if self._reserve else None
        self._probe = held or Probe(self.folder, environment, self.run.folder / "probe.log")
        return self.ask("databases", within_seconds=LOAD_SECONDS)

    @stage
    def migrated(self) -> list[str]:
        """Make the tables, and return the apps whose models lack a migration."""
        self.loaded()
        try:
            if default := self.databases.get("default"):
                lay_tables(
                    self.ask("package_migrations", within_seconds=MIGRATE_SECONDS),
                    self.launcher.environment(self.redis.url),
                    self.folder / default["name"],
                )
            missing: list[str] = self.ask("migrate", within_seconds=MIGRATE_SECONDS)["missing"]
        except ProbeError as error:
            not_yet = NotYet(
                done="python manage.py migrate, on an empty database",
                seen="it ended with an error",
                expected="all tables made",
                look_at="the newest file in your app's migrations/",
                guide="01, Run the migrations",
                words=learners_frames(str(error), self.folder),
            )
            raise explain(not_yet, Evidence(str(error), self.folder)) from None
        return missing

    @stage
    def prepared(self) -> None:
        """Make sure that processes can be started, and reach nothing but what is the run's own.

        There is an app then, and there are tables.
        """
        settings = self.loaded()
        require_celery_app(settings, self.folder)
        in_database = self.ask("stores_results")["in_database"]
        require_results_in_database(settings, in_database=in_database)
        require_reachable(settings)
        require_remote_control(settings)
        self.migrated()
        try:
            clients = self.ask("redis_clients", within_seconds=LOAD_SECONDS)["clients"]
        except ProbeError as error:
            raise not_loaded(str(error), self.folder) from None
        require_own_clients(clients, self.redis.url)

    @stage
    def running(self) -> Project:
        """Start every process of the Procfile, and return when the page and the worker answer."""
        self.prepared()
        processes = own_commands(self.folder, self.port, self.redis.url)
        if self.target.step.number > 1:
            processes = without_helpers(processes)
        if self.roles is not None:
            processes = {role: one for role, one in processes.items() if role in self.roles}
        self.before_start()
        if self._reserve:
            self._launched |= self._reserve.processes(processes, self.launcher)
        for role, command in processes.items():
            if role not in self._launched:
                self.launch(role, command, role)
        if "web" in self._launched:
            with awaiting("the page"):
                self.await_web()
        if "worker" in self._launched:
            with awaiting("the worker"):
                await_worker(self.app, self._launched)
        return self

    # What checks ask for

    def process(self, role: str) -> Launched:
        """Return the process that plays `role`: web, worker or beat, or a detached web."""
        return self._detached.process(role) or super().process(role)

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        """Ask the probe, once the project is `loaded`. Raises ProbeError, see there."""
        assert self._probe is not None, "loaded() starts it"
        return self._probe.ask(question, **arguments)

    def result(self, task_id: str, within_seconds: float = 10) -> dict[str, str] | None:
        """Return the stored result of a task once it is an end state, None if it never is."""

        def row() -> dict[str, str] | None:
            rows: list[dict[str, str]] = self.ask("results", ids=[task_id])["rows"]
            is_end = bool(rows) and rows[0]["status"] in ("SUCCESS", "FAILURE", "REVOKED")
            return rows[0] if is_end else None

        return wait_until(row, patience(within_seconds))

    def copy_beside(self, name: str) -> Path:
        """Copy it with its tables as they are now, for a process of its own; return the folder."""
        folder = self.run.folder / name
        copy_with_tables(self.folder, folder, self.databases)
        return folder

    def prepare_detached(self, kind: str) -> None:
        """Begin to start a second web process, see `detached`, without waiting for it."""
        self.prepared()
        self._detached.prepare(kind)

    def detached(self, kind: str) -> str:
        """Return the address of a second web process once it answers.

        Its broker is FROZEN (connections are taken, nothing is answered, until `refuse`), or IDLE
        (a Redis where no worker listens). The same database lies behind it.
        """
        self.prepare_detached(kind)
        return f"http://{self.launcher.host}:{self._detached.port(kind)}"

    def broker(self, kind: str) -> str:
        """Return the address of a second web process's broker, see `detached`."""
        own: str = self.app.conf.broker_url  # which may name a database of Redis
        netloc = urlsplit(self._detached.broker(kind)).netloc
        return urlsplit(own)._replace(netloc=netloc, query="").geturl()

    def refuse(self) -> None:
        """From now on the frozen broker refuses connections."""
        self._detached.refuse()

    def close(self) -> None:
        """End everything at once: what it holds are copies."""
        self._detached.close()
        if self._probe:
            self._probe.close()
        end(processes_of_run(self.run.id), grace_seconds=0)
        super().close()
        for launched in self._detached.processes():
            launched.kill()


@contextmanager
def opened_project(target: Target, roles: Collection[str] | None = None) -> Iterator[Project]:
    """Copy the target, start a private Redis, and end all of it after the block.

    Of the Procfile's processes those of `roles` run, or all of them.
    """
    with ExitStack() as stack:
        try:
            end_leftovers()  # of checks that were killed
            if reserve := take_reserve(target.folder):
                project = Project(target, reserve.run, reserve.redis, roles, reserve)
            else:
                run = stack.enter_context(opened_run(f"checks on {target.folder}"))
                redis = stack.enter_context(private_redis(run=run))
                project = Project(target, run, redis, roles)
        except WorkbookError as error:
            raise CannotTell(str(error)) from error
        yield stack.enter_context(closing(project))


@contextmanager
def opened_twin(project: Project) -> Iterator[Twin]:
    """Begin to start a twin of a project; it is ended after the block."""
    project.prepared()
    with private_redis(run=project.run) as redis:
        twin = Twin(project.launcher, project.databases, redis, project.loaded()["celery"])
        with closing(twin):
            yield twin
