"""Where in the learner's project a ✗ points to, and what is there now."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docs_ext.listings.python_parts import python_scope
from docs_ext.listings.template_parts import html_scope
from workbook.errors import WorkbookError
from workbook.passwords import without_passwords
from workbook.projects.content import files_of

FILE = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[\w-]+\.(?:py|html|js|css)|Procfile|\.env)(?![\w/])")
# Right behind the file, and nothing but a name: not “static/live.js, or wherever …”.
SYMBOL = re.compile(rf"(?:{FILE.pattern}), (?:the line of )?(?P<name>[A-Za-z_#][\w#.-]*)(?=$|:|,)")
LINE = re.compile(r", line (\d+)")
# What the question of a ✗ may be about: a setting, a dotted or hyphenated name, a status.
WORD = re.compile(r"[A-Z]{2,}[A-Z_]{2,}|\b[a-z]+(?:[-_.][a-z]+)+\b|\b[1-5]\d\d\b|\b[a-z]+[A-Z]\w+")
# How a file is taken apart, by its suffix.
SCOPES = {".py": python_scope, ".html": html_scope}
SECRETS = ".env"
MOST_LINES, AROUND = 50, 2
NAMES_SHOWN = 8


@dataclass(frozen=True)
class Place:
    """What a ✗ names: files, perhaps a symbol in them, perhaps a line of the first.

    `words` are names that its question has. `is_template`: it speaks of a template, without a file.
    """

    files: tuple[str, ...]
    symbol: str = ""
    line: int = 0
    words: tuple[str, ...] = ()
    is_template: bool = False

    def holds(self, path: str) -> bool:
        """Tell whether a file of the lesson is one that it names, or may be."""
        if self.files:
            return any(f"/{path}".endswith(f"/{file}") for file in self.files)
        return path.endswith(".html") or not self.is_template


def place_named(look_at: str) -> Place:
    """Return what the field “open” of a ✗ names, such as `status/views.py, index: how old …?`."""
    files = tuple(dict.fromkeys(FILE.findall(look_at)))
    before = look_at.partition(":")[0]
    symbol, line = SYMBOL.search(before), LINE.search(before)
    question = FILE.sub("", look_at)
    return Place(
        files,
        symbol["name"] if symbol else "",
        int(line[1]) if line else 0,
        tuple(WORD.findall(question)),
        not files and "template" in look_at,
    )


def shown_now(project: Path, path: str, names: Iterable[str], line: int = 0) -> list[str]:
    """Return lines that say what of a file, or of its parts called `names`, is there now.

    The lines that are shown have their numbers. A file with secrets is named, and not shown.
    """
    file = project / path
    if not file.is_file():
        return [f"There is no {path} in your project yet.", *_elsewhere(project, path, names)]
    if file.name == SECRETS:
        return [f"{path} holds secrets, so it is not shown here." + (f" Line {line}." * bool(line))]
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    lines = text.splitlines()
    if not text.strip():
        return [f"{path} is empty."]
    if line:
        return [f"{path}, line {line}, is now:", *_numbered(lines, line - 4, line + 3)]
    wanted = [name for name in names if name]
    for name in wanted:
        if span := span_of(path, text, name):
            title = f"{path}, {name}, is now:"
            return [title, *_numbered(lines, *span)]
    missing = [_differs(path, text, wanted), *_elsewhere(project, path, wanted)] if wanted else []
    if len(lines) <= MOST_LINES:
        return [*missing, f"{path} is now:", *_numbered(lines, 0, len(lines))]
    return missing or [f"{path} has {len(lines)} lines: {_names_of(path, text)}."]


def span_of(path: str, text: str, name: str) -> tuple[int, int] | None:
    """Return from where to where to show a name, in lines from 0: its part, else what is around it.

    None where the file does not have it.
    """
    if span := _part(path, text, name):
        return span
    at = line_of(path, text, name)
    return None if at is None else (max(at - AROUND, 0), at + AROUND + 1)


def line_of(path: str, text: str, name: str) -> int | None:
    """Return the line, from 0, that defines a name, else the first that has it; None for none."""
    span, lines = _part(path, text, name), text.splitlines()
    first, end = span or (0, len(lines))
    word = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    # The part begins with its comments and decorators.
    for pattern in (rf"\s*(?:(?:async )?def |class ){word}|\s*{word}\s*[:=]", f".*{word}"):
        for at in range(first, end):
            if re.match(pattern, lines[at]):
                return at
    return first if span else None


def _part(path: str, text: str, name: str) -> tuple[int, int] | None:
    """Return from where to where the part of that name goes; a method's name is enough for it."""
    read = SCOPES.get(PurePosixPath(path).suffix)
    if read is None:
        return None
    with suppress(WorkbookError):  # several have that name, or the file cannot be taken apart
        owners = [one.name for one in read(text, "").parts if one.is_block]
        for full in [name, *(f"{owner}.{name}" for owner in owners)]:
            scope = read(text, full)
            if (at := scope.index(full)) is not None:
                return scope.parts[at].first, scope.parts[at].end
    return None


def _differs(path: str, text: str, names: list[str]) -> str:
    """Say that the learner's file has none of these names, and which ones it has."""
    lacking = " or ".join(f"`{name}`" for name in names)
    return (
        f"{path} has no {lacking}, or has it under another name. It has: {_names_of(path, text)}."
    )


def _names_of(path: str, text: str) -> str:
    names: list[str] = []
    if path.endswith(".py"):
        try:
            names = python_scope(text, "").names()
        except WorkbookError as problem:
            return f"no readable Python ({problem})"
    known = [name for name in names if re.fullmatch(r"[\w.]+", name)]
    more = ", …" if len(known) > NAMES_SHOWN else ""
    return (", ".join(known[:NAMES_SHOWN]) + more) or f"{len(text.splitlines())} lines"


def _elsewhere(project: Path, path: str, names: Iterable[str]) -> Iterator[str]:
    """Say in which other file one of the names is."""
    for name in names:
        if not re.fullmatch(r"\w+", name) or not path.endswith(".py"):
            continue
        for file in files_of(project):
            other = file.relative_to(project).as_posix()
            if other == path or file.suffix != ".py":
                continue
            text = file.read_text(encoding="utf-8", errors="replace")
            defines = re.search(
                rf"^(?:(?:async )?def|class) {re.escape(name)}\b", text, re.MULTILINE
            )
            if defines and (span := span_of(other, text, name)):
                yield f"{other} has a `{name}`:"
                yield from _numbered(text.splitlines(), *span)
                return


def _numbered(lines: list[str], first: int, end: int) -> list[str]:
    first, end = max(first, 0), min(end, len(lines))
    cut = first + MOST_LINES < end
    end = min(end, first + MOST_LINES)
    width = len(str(end))
    plain = [without_passwords(line) for line in lines[first:end]]
    shown = [f"  {at:>{width}} │ {line}".rstrip() for at, line in enumerate(plain, first + 1)]
    return [*shown, f"  {'…':>{width}} │"] if cut else shown
