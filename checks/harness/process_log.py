"""The log of a project's process: its last traceback in the learner's frames, else its end."""

import re
from pathlib import Path

from checks.harness.log_noise import own_lines, shown_paths
from workbook.runtime.process_output import decoded

READ_BYTES = 200_000
TAIL_LINES = 8
FRAME = re.compile(r'\s*File "([^"]+)", line (\d+)')
START = "Traceback (most recent call last):"
# What Python prints between a traceback and the one that came of it.
CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
# What a framework logs above a traceback of its own frames, and how far above it may begin.
LOGGED = re.compile(r"(?:ERROR|CRITICAL): ")
LOGGED_LINES = 25
ERROR = re.compile(r"Traceback \(most recent|\bERROR\b|\bCRITICAL\b|\bException\b")


class ProcessLog:
    """The log of one process of the learner's."""

    def __init__(self, log: Path, project: Path) -> None:
        self._log, self.project = log, project
        self.note = ""  # what became of the process, if the checks ended it

    def text(self) -> str:
        """Return what it said last, READ_BYTES at the most."""
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - READ_BYTES))
            return decoded(file.read())

    def tail(self) -> str:
        """Return its last traceback in the learner's frames, else its last lines."""
        said = learners_frames(self.text(), self.project)
        return f"{said}\n({self.note})" if self.note else said

    def size(self) -> int:
        """Return how many bytes it has said: a place to look from, for `since`."""
        return self._log.stat().st_size

    def since(self, place: int) -> list[str]:
        """Return the lines after `place`, of READ_BYTES at the most."""
        with self._log.open("rb") as file:
            file.seek(place)
            return decoded(file.read(READ_BYTES)).splitlines()

    def errors_since(self, place: int) -> list[str]:
        """Return the lines after `place` that speak of an error."""
        return [line for line in self.since(place) if ERROR.search(line)]


def learners_frames(text: str, project: Path) -> str:
    """Return the last traceback of `text` without frames outside `project`, else its last lines.

    Where that one holds no frame of the learner's, but was raised because of another one that does,
    that one is told; else what was logged above it. What the frameworks say of themselves is left
    out, and paths begin in the project's folder.
    """
    lines = own_lines(text, project)
    starts = [number for number, line in enumerate(lines) if START in line]
    if not starts:
        return "\n".join(shown_paths(line, project) for line in lines[-TAIL_LINES:])
    last = after = starts.pop()
    kept = cause = _own_lines(lines, after, project)
    while starts and not _holds_frame(cause):
        before = starts.pop()
        if not any(line.startswith(CHAINED) for line in lines[before:after]):
            break  # another matter
        cause, after = _own_lines(lines, before, project), before
    kept = cause if _holds_frame(cause) else [*_logged_above(lines, last), *kept]
    return "\n".join(shown_paths(line, project) for line in kept[-4 * TAIL_LINES :])


def _logged_above(lines: list[str], start: int) -> list[str]:
    """Return the line that was logged with the traceback at `start`, without a learner's frame."""
    for line in reversed(lines[max(0, start - LOGGED_LINES) : start]):
        if START in line:
            break
        if LOGGED.match(line):
            return [line]
    return []


def _own_lines(lines: list[str], start: int, project: Path) -> list[str]:
    """Return what the traceback that begins at `start` tells: the learner's frames, the error."""
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines[start + 1 :], start + 1):
        if frame := FRAME.match(line):
            inside = _is_own(frame[1], project)
        elif not line.startswith(" "):
            # The exception itself. What comes after it is the log going on.
            kept.append(line)
            if line.endswith(":"):
                # One such as SystemCheckError, which goes on to say what is wrong.
                kept += filter(None, lines[number + 1 :][:TAIL_LINES])
            break
        if inside:
            kept.append(line)
    return kept


def _holds_frame(lines: list[str]) -> bool:
    return any(map(FRAME.match, lines))


def _is_own(file: str, project: Path) -> bool:
    path = Path(file)
    # Python's own frozen modules, and code without a file, have names such as <frozen importlib>.
    return not file.startswith("<") and (not path.is_absolute() or project in path.parents)


def frames_in(words: str) -> list[tuple[str, str]]:
    """Return the file and the line of each frame in `words`, the deepest one last.

    `words` are those of `learners_frames`: every frame in them is the learner's own.
    """
    frames = (found for line in words.splitlines() if (found := FRAME.match(line)))
    return [(frame[1].replace("\\", "/"), frame[2]) for frame in frames]
