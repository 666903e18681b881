"""Captures what the pages of "Going further" print: `python -m tests.guide.captures`.

Each file of docs/output/going-further/ is what one command says in the finished project.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from docs_ext.assets.captured_output import OUTPUTS
from tests.support.examples import SECRET_KEY, example_project

SERVER_VARIABLES = {
    "DEBUG": "False",
    "SECRET_KEY": SECRET_KEY,
    "ALLOWED_HOSTS": "www.example.org",
}
DEPLOY = ("python", "manage.py", "check", "--deploy")


@dataclass(frozen=True)
class Capture:
    """A command, the examples in the project that it runs in, and the variables it gets."""

    examples: tuple[str, ...]
    variables: dict[str, str]
    words: tuple[str, ...] = DEPLOY

    def printed(self) -> str:
        """Run the command in a fresh copy of the project, and return what it prints."""
        with tempfile.TemporaryDirectory(prefix="workbook-capture-") as folder:
            project = example_project(Path(folder) / "project", *self.examples, **self.variables)
            done = project.command(*self.words)
        return (done.stdout + done.stderr).strip() + "\n"


CAPTURES = {
    "check-deploy": Capture((), SERVER_VARIABLES),
    "check-deploy-cured": Capture(("production",), SERVER_VARIABLES),
}


def file_of(name: str) -> Path:
    """Return where a capture is kept."""
    return OUTPUTS / "going-further" / f"{name}.txt"


def main() -> None:
    """Write every capture anew."""
    for name, capture in CAPTURES.items():
        file_of(name).parent.mkdir(parents=True, exist_ok=True)
        file_of(name).write_text(capture.printed(), encoding="utf-8")


if __name__ == "__main__":
    main()
