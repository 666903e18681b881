"""What a failure left behind, as one text: a log, a page of Django's, a frame, a console."""

import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path

from checks.harness.process_log import FRAME, START, frames_in, learners_frames

# The traceback that Django's DEBUG page offers for copying, and how it ends.
COPY_VIEW = re.compile(r'<textarea[^>]*id="traceback_area"[^>]*>(.*?)</textarea>', re.DOTALL)
LAST_LINES = re.compile(r"\n+^Exception Type: (.*?)(?: at .*)?\nException Value: ", re.MULTILINE)
# There an exception that was the cause of another one is named in the line between the two.
NAMED_CAUSE = re.compile(r"^(During handling of the|The) above exception \((.*)\)(.*)$", re.M)
TEMPLATE = re.compile(r"^In template (.+), error at line (\d+)$", re.MULTILINE)
LEFT_OUT = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
# What is not the learner's though it is in their folder.
FOREIGN_FOLDERS = {"migrations", "node_modules", "site-packages", "staticfiles"}
SOURCES = ("*.py", "*.html")
# What no process of the project runs, wherever it is.
TESTS = re.compile(r"(^|/)(tests/.*|tests\.py|test_[^/]*\.py|[^/]*_test\.py|conftest\.py)$")


@dataclass(frozen=True)
class Evidence:
    """A text, and the folder of the project: a file in it is the learner's.

    `project` is the copy that runs: paths in the text begin with it.
    """

    text: str
    project: Path

    @cached_property
    def own(self) -> str:
        """The last traceback, in the learner's frames; the last lines where there is none."""
        return learners_frames(self.text, self.project)

    @property
    def is_raised(self) -> bool:
        """Tell whether there is a traceback."""
        return START in self.text

    @property
    def error(self) -> str:
        """The exception of the last traceback, such as `NameError: name 'x' is not defined`."""
        lines = [line for line in self.own.splitlines() if line and not line.startswith(" ")]
        return lines[0] if lines and self.is_raised else ""

    @cached_property
    def place(self) -> str:
        """Where it happened in the learner's files, such as `status/views.py, line 12`, or "".

        A template's line comes before the line that renders it: it is deeper.
        """
        for file, line in reversed(TEMPLATE.findall(self.text)):
            if self.project in Path(file).parents:
                return f"{Path(file).relative_to(self.project).as_posix()}, line {line}"
        return self.place_outside("") if self.is_raised else ""

    def place_outside(self, file: str) -> str:
        """Return the deepest of the learner's frames that is not in `file`, or ""."""
        frames = [place for place in frames_in(self.own) if place[0] != file]
        return "{}, line {}".format(*frames[-1]) if frames else ""

    @property
    def code(self) -> str:
        """The learner's line that the deepest frame is at, or ""."""
        lines = self.own.splitlines()
        at = [number for number, line in enumerate(lines) if FRAME.match(line)]
        return lines[at[-1] + 1].strip() if at and at[-1] + 1 < len(lines) else ""

    def own_file(self, path: str) -> str:
        """Return a file of the learner's from the project's folder on, "" for another one's."""
        inside = Path(path).is_absolute() and self.project in Path(path).parents
        return Path(path).relative_to(self.project).as_posix() if inside else ""

    def find(self, pattern: str) -> str:
        """Return the last place in the learner's sources where a line matches, or "".

        The last one of a file: a name that is defined again is the one that counts.
        """
        for file in self._sources():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found = [number for number, line in enumerate(lines, 1) if re.search(pattern, line)]
            if found:
                return f"{file.relative_to(self.project).as_posix()}, line {found[-1]}"
        return ""

    def _sources(self) -> list[Path]:
        """Return the learner's files, their app's first: there the steps' own work is done.

        Tests are left out, but for one that the last traceback is about.
        """
        found = (file for kind in SOURCES for file in sorted(self.project.rglob(kind)))
        framed = {file for file, _ in frames_in(self.own)}
        own = [
            file
            for file in found
            if file.is_file()
            and not FOREIGN_FOLDERS & set(file.parts)
            and (not is_test(name := file.relative_to(self.project).as_posix()) or name in framed)
        ]
        return sorted(own, key=lambda file: "config" in file.parts)


def is_test(name: str) -> bool:
    """Tell whether a file of a project is one of its tests; `name` begins in its folder."""
    return bool(TESTS.search(name))


def of_page(html: str, project: Path, path: str = "", log: str = "") -> Evidence:
    """Return what a page of Django's tells: its traceback, else what a person reads there.

    `log` is the server's; the traceback that it holds for `path` names the exception's module.
    """
    copied = COPY_VIEW.search(html)
    if not copied:
        lines = (" ".join(line.split()) for line in unescape(LEFT_OUT.sub(" ", html)).splitlines())
        return Evidence("\n".join(filter(None, lines)), project)
    text = unescape(copied[1])
    begin = min(
        at for at in map(text.find, ("Template error:", START, "Exception Type:")) if at >= 0
    )
    text = LAST_LINES.sub(r"\n\1: ", text[begin:].rstrip())
    text = NAMED_CAUSE.sub(rf"\2\n\n\1 above exception\3\n\n{START}", text)
    _, found, logged = log.rpartition(f"Internal Server Error: {path}\n")
    if found and START in logged:
        text = text.partition(START)[0] + logged
    return Evidence(text, project)
