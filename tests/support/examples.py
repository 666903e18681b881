"""The finished project with an example of "Going further" added, as a reader would have it."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from docs_ext.assets.examples import SERVER, files_of_example
from tests.support.commands import run_command
from tests.support.production import SETTINGS_PATCH
from tests.support.tool_process import wait_until
from tests.support.web_servers import answers
from workbook.projects.copying import copy_project
from workbook.projects.patches.patch import apply_patches, load_patch
from workbook.projects.steps import all_steps
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import end, trees

READY_SECONDS = 30
# A stand-in that passes `check --deploy`: long enough, and random to the eye.
SECRET_KEY = "k9Vt2xQmZr7LwB4nJc8HsYd3FgPa6TuEe1RiOoUyMbWqXvNhKz"


@dataclass(frozen=True)
class ExampleProject:
    """A private copy of the finished project, and the variables that its processes get."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    redis_url: str = "redis://127.0.0.1:1"  # nobody listens there

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        return environment_for(self.redis_url) | self.variables

    @property
    def log(self) -> Path:
        """What its last process in the background has written."""
        return self.folder / "process.log"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in its folder to the end."""
        return run_command(words, self.folder, self.environment)

    def says(self, code: str) -> str:
        """Type code into `manage.py shell` and return what it prints; fail if it raises."""
        done = self.command("python", "manage.py", "shell", "-v", "0", "--command", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def runs(self, *words: str) -> Iterator[Path]:
        """Run a command in the background, and give its log; nothing of it outlives the block."""
        with self.log.open("wb") as output:
            process = subprocess.Popen(
                words,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield self.log
        finally:
            end(trees([process.pid]), grace_seconds=5)
            process.wait()

    def daphne(self) -> AbstractContextManager[str]:
        """Serve it as a server does: by Daphne alone, which serves no static files."""
        return self._served("daphne --bind 127.0.0.1 --port {port} config.asgi:application")

    def runserver(self) -> AbstractContextManager[str]:
        """Serve it as a laptop does, static files included."""
        return self._served("python manage.py runserver --noreload {port}")

    @contextmanager
    def _served(self, command: str) -> Iterator[str]:
        """Serve it, wait until it answers, and give its address without a slash."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with self.runs(*command.format(port=port).split()):
            wait_until(lambda: answers(url), READY_SECONDS, lambda: f"an answer from {url}")
            yield url


def log_text(log: Path) -> str:
    """Return what a process has written so far."""
    return log.read_text(encoding="utf-8", errors="replace")


def example_project(folder: Path, *names: str, redis_url: str = "", **variables: str):
    """Lay the finished project into `folder`, add the examples `names`, and return it.

    Where it goes to a server, it has the settings that *Deploying* takes from the environment.
    """
    copy_project(all_steps()[-1].folder, folder)
    if "DEBUG" in variables or "production" in names:
        apply_patches([load_patch(SETTINGS_PATCH)], folder)
    for name in names:
        for example in files_of_example(name):
            if example.path.startswith(f"{SERVER}/"):
                pytest.fail(f"{example.path} is for a server, not for the project")
            path = folder / example.path
            before = path.read_text(encoding="utf-8") if example.is_addition else ""
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{before}\n{example.text}\n".lstrip("\n"), encoding="utf-8")
    return ExampleProject(folder, variables, redis_url or ExampleProject.redis_url)
