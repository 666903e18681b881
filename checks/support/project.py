"""The learner's project as it really runs: a copy, a private Redis, the Procfile's processes.

It comes up in stages, each kept: `loaded`, `migrated`, `running`. A stage that fails raises the
same NotYet for whoever asks for it again.
"""

from __future__ import annotations

import functools
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import celery
import pytest

from checks.support.addresses import require_own_addresses, require_own_commands
from checks.support.celery_app import require_celery_app
from checks.support.launching import Launched, launch
from checks.support.probing import Probe, ProbeError
from checks.support.reporter import awaiting
from checks.support.target import Target
from checks.support.verdict import CannotTell, NotYet
from checks.support.words import FRAME, learners_frames
from workbook.errors import WorkbookError
from workbook.leftovers import Run, opened_run
from workbook.noise import copy_project
from workbook.ports import LOOPBACK, free_port
from workbook.processes import end, environment_for, marked
from workbook.procfile import commands
from workbook.redis_servers import RedisServer, private_redis

READY_SECONDS = 12
ELSEWHERE_SECONDS = 2  # from then on we look whether a server listens on another port
INTERVAL_SECONDS = 1.0  # STATUS_INTERVAL while a check looks
ROLES = ("web", "worker", "beat")
# runserver's own words when it raised at its start: it stays, and waits for its files to change.
GAVE_UP = "Exception in thread django-main-thread"
# What else a check can point a web process at: each is an address with no worker behind it.
FROZEN, IDLE = "frozen", "idle"

Result = TypeVar("Result")


def stage(function: Callable[[Project], Result]) -> Callable[[Project], Result]:
    """Run a stage once; from then on return its result again, or raise its exception again."""

    @functools.wraps(function)
    def once(self: Project) -> Result:
        outcome = self._stages.get(function.__name__)
        if outcome is None:
            try:
                outcome = (function(self), None)
            except (NotYet, CannotTell) as error:
                outcome = (None, error)
            self._stages[function.__name__] = outcome
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]

    return once


class Project:
    """A copy of the learner's project, and everything that runs for it."""

    def __init__(self, target: Target, run: Run, redis: RedisServer) -> None:
        self.target, self.redis = target, redis
        self.folder = run.folder / "project"
        self._run = run
        self._stages: dict[str, tuple[Any, Exception | None]] = {}
        self._launched: dict[str, Launched] = {}
        self._detached: dict[str, tuple[Launched, int]] = {}
        self._frozen_broker: socket.socket | None = None
        self._probe: Probe | None = None
        self.port = free_port()
        # What a step wants done with the tables made, before the processes start.
        self.before_start: Callable[[], object] = lambda: None
        # Ours, to speak to the worker from outside. It must not become anybody's current app.
        self.app = celery.Celery(broker=redis.url, set_as_current=False)
        _copy(target.folder, self.folder)

    # The stages

    @stage
    def loaded(self) -> dict[str, Any]:
        """Load Django, and return what the project resolved (see the probe's `settings`).

        Nothing has been started then, and every address is known to be private.
        """
        self._probe = Probe(self.folder, self.environment(self.redis.url), self._log("probe"))
        try:
            self._probe.ask("load")
            settings = self._probe.ask("settings")
        except ProbeError as error:
            raise self._not_loaded(str(error)) from None
        require_own_addresses(settings, self.redis.url, self.folder)
        return settings

    @stage
    def migrated(self) -> list[str]:
        """Make the tables, and return the apps whose models lack a migration."""
        self.loaded()
        try:
            return self._probe.ask("migrate", within_seconds=20)["missing"]
        except ProbeError as error:
            raise NotYet(
                done="python manage.py migrate, on an empty database",
                seen="it ended with an error",
                expected="all tables made",
                open="the newest file in your app's migrations/",
                guide="01, Run the migrations",
                words=learners_frames(str(error), self.folder),
            ) from None

    @stage
    def running(self) -> Project:
        """Start every process of the Procfile, and return when the page and the worker answer."""
        require_celery_app(self.loaded())
        self.migrated()
        processes = self._procfile()
        self.before_start()
        for role, command in processes.items():
            self._launched[role] = self._launch(role, command, self.redis.url, self.port)
        with awaiting("the page"):
            self._await_page(self._launched["web"], self.port)
        with awaiting("the worker"):
            self._await_worker()
        return self

    # What checks ask for

    @property
    def url(self) -> str:
        """The address of its page, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def socket_url(self) -> str:
        """The address of its websockets, without a slash at the end."""
        return f"ws://{LOOPBACK}:{self.port}"

    def process(self, role: str) -> Launched:
        """Return the process that plays `role`: web, worker or beat, or a detached web."""
        return self._detached[role][0] if role in self._detached else self._launched[role]

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        """Ask the probe. Raises ProbeError, see there."""
        return self._probe.ask(question, **arguments)

    def result(self, task_id: str, within_seconds: float = 10) -> dict[str, str] | None:
        """Return the stored result of a task once it is an end state, None if it never is."""
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline:
            rows = self.ask("results", ids=[task_id])["rows"]
            if rows and rows[0]["status"] in ("SUCCESS", "FAILURE", "REVOKED"):
                return rows[0]
            time.sleep(0.1)
        return None

    def received(self, task: str) -> int:
        """Return how many tasks of this name the worker has received so far."""
        stats = self.app.control.inspect(timeout=2, limit=1).stats() or {}
        return sum(worker["total"].get(task, 0) for worker in stats.values())

    def environment(self, broker: str, port: int | None = None) -> dict[str, str]:
        """Return the variables that a process of the project gets, with the run's mark."""
        return environment_for(broker, port, self._run.id) | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "STATUS_INTERVAL": f"{INTERVAL_SECONDS:g}",  # "1": a cast=int is right as well
        }

    def restart(self, role: str) -> None:
        """Start a process of the Procfile again, after it was killed."""
        command = self._launched[role].command
        name = f"{role}-again"
        self._launched[role] = self._launch(name, command, self.redis.url, self.port)
        if role == "worker":
            self._await_worker()

    def prepare_detached(self, kind: str) -> None:
        """Begin to start a second web process, see `detached`, without waiting for it."""
        if kind in self._detached:
            return
        if kind == FROZEN:
            # The kernel takes connections in; nobody ever answers: as after a SIGSTOP.
            self._frozen_broker = socket.create_server((LOOPBACK, 0), backlog=128)
            broker = f"redis://{LOOPBACK}:{self._frozen_broker.getsockname()[1]}"
        else:
            broker = f"{self.redis.url}/1"
        port = free_port()
        command = self._procfile(port)["web"]
        self._detached[kind] = (self._launch(f"web-{kind}", command, broker, port), port)

    def detached(self, kind: str) -> str:
        """Return the address of a second web process once it answers.

        Its broker is FROZEN (connections are taken, nothing is answered, until `refuse`), or IDLE
        (a Redis database where no worker listens). The same database lies behind it.
        """
        self.running()
        self.prepare_detached(kind)
        launched, port = self._detached[kind]
        self._await_page(launched, port)
        return f"http://{LOOPBACK}:{port}"

    def refuse(self) -> None:
        """From now on the frozen broker refuses connections."""
        self._frozen_broker.close()

    def close(self) -> None:
        """End everything at once: what it holds are copies."""
        if self._frozen_broker:
            self._frozen_broker.close()
        if self._probe:
            self._probe.close()
        self.app.close()
        end(marked(self._run.id), grace_seconds=0)
        for launched in [*self._launched.values(), *(one for one, _ in self._detached.values())]:
            launched.kill()

    # Inside

    def _log(self, name: str) -> Path:
        return self._run.folder / f"{name}.log"

    def _launch(self, name: str, command: str, broker: str, port: int) -> Launched:
        return launch(name, command, self.folder, self.environment(broker, port), self._log(name))

    def _procfile(self, port: int | None = None) -> dict[str, str]:
        try:
            found = commands(self.folder, port or self.port)
        except WorkbookError as error:
            problem = str(error).replace(str(self.folder), "your project")
            raise self._bad_procfile(problem) from None
        if missing := [role for role in ROLES if role not in found]:
            raise self._bad_procfile(f"it names no {' and no '.join(missing)}")
        require_own_commands(found, self.redis.url)
        return found

    def _bad_procfile(self, seen: str) -> NotYet:
        return NotYet(
            done="read the Procfile",
            seen=seen,
            expected="a line each for web, worker and beat",
            open="Procfile",
            guide="01, Run Django and Celery",
        )

    def _not_loaded(self, error: str) -> NotYet:
        words = learners_frames(error, self.folder)
        lines = [line for line in words.splitlines() if line.strip()]
        frames = [found for line in lines if (found := FRAME.match(line))]
        return NotYet(
            done="loaded Django with your settings, your URLs and all they import",
            seen=lines[-1] if lines else "it ended without a word",
            expected="no error: nothing else can be told before",
            open=f"{frames[-1][1]}, line {frames[-1][2]}" if frames else "config/settings.py",
            guide="Troubleshooting",
            words=words,
        )

    def _await_page(self, web: Launched, port: int) -> None:
        start = time.monotonic()
        look, others = start + ELSEWHERE_SECONDS, set()
        while (now := time.monotonic()) < start + READY_SECONDS:
            if web.exit_code() is not None or GAVE_UP in web.words.text():
                raise self._ended(web)
            if now > look:
                # One that listens elsewhere twice in a row will not come to our port.
                before, others, look = others, web.ports() - {port}, now + 1
                if before and others:
                    break
            try:
                socket.create_connection((LOOPBACK, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.03)
        listens = f"it listens on port {min(others)}" if others else "it listens on no port"
        raise NotYet(
            done=f"started web: {web.command}",
            seen=f"nothing on port {port} within {now - start:.0f} s: {listens}",
            expected="a server on the port that $PORT names",
            open="Procfile: does the line of web use $PORT?",
            guide="01, Run Django and Celery",
            words=web.words.tail(),
        )

    def _await_worker(self) -> None:
        worker, deadline = self._launched["worker"], time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for role in ROLES:
                if self._launched[role].exit_code() is not None:
                    raise self._ended(self._launched[role])
            if self.app.control.inspect(timeout=0.2, limit=1).ping():
                return
        raise NotYet(
            done=f"started worker: {worker.command}, and asked it with `inspect ping`",
            seen=f"no answer within {READY_SECONDS} s",
            expected="pong",
            open="config/celery.py: does the app take its settings from Django?",
            guide="01, Configure the Celery app",
            words=worker.words.tail(),
        )

    def _ended(self, launched: Launched) -> NotYet:
        code = launched.exit_code()
        return NotYet(
            done=f"started {launched.name}: {launched.command}",
            seen="an error before it served anything"
            if code is None
            else f"it ended by itself with exit code {code}",
            expected="a process that stays",
            open="the file that its own words name, or the Procfile",
            guide="01, Run Django and Celery",
            words=launched.words.tail(),
        )


def _copy(source: Path, target: Path) -> None:
    """Copy the learner's project. Its `.env` comes along: the environment wins over it."""
    try:
        copy_project(source, target)
        if (source / ".env").is_file():
            shutil.copy(source / ".env", target / ".env")
        else:
            # Without one, decouple would look for it in the folders above the copy.
            (target / ".env").touch()
    except (OSError, shutil.Error) as error:
        raise CannotTell(f"{source} cannot be copied: {error}. Make it readable.") from error


@contextmanager
def opened_project(target: Target) -> Iterator[Project]:
    """Copy the target, start a private Redis, and end all of it after the block."""
    with ExitStack() as stack:
        try:
            run = stack.enter_context(opened_run(f"checks on {target.folder}"))
            redis = stack.enter_context(private_redis(run=run))
        except WorkbookError as error:
            raise CannotTell(str(error)) from error
        project = Project(target, run, redis)
        try:
            yield project
        finally:
            project.close()


@pytest.fixture(scope="package")
def project(target: Target) -> Iterator[Project]:
    """Return the learner's project, of which nothing has been started yet."""
    with opened_project(target) as opened:
        yield opened
