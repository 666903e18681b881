"""From a ✗ to lines of text: wrapped, and without what an unknown project could hide in them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from checks.verdicts import NotYet

MAX_WIDTH = 100
INDENT = " " * 4
# The fields of a ✗ in the order in which it speaks, and what each is called there.
LABELS = {
    "done": "done",
    "seen": "seen",
    "expected": "expected",
    "look_at": "open",
    "guide": "guide",
}
LABEL_WIDTH = max(map(len, LABELS.values())) + 1
# A project's output has no bounds. Cut before anything else, so that 50 MB cost nothing.
FIELD_CHARACTERS, FIELD_LINES = 1_000, 12
WORDS_CHARACTERS, WORDS_LINES, WORD_LINE = 20_000, 16, 300
COMMAND = re.compile(r"`[^`]+`")
HARD_SPACE = "\N{NO-BREAK SPACE}"
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]"
)

# A ✗ may be shown to others. An address may stand in settings, in a traceback's line, in a log.
CREDENTIALS = re.compile(r"(\b(?:rediss?|valkeys?|unix|amqps?|postgres(?:ql)?)://)[^\s'\"]*@")
NAMED_PASSWORD = re.compile(r"(?i)([?&]password=|'password': ')[^\s'\"&]*")


def plain(line: str) -> str:
    """Return a line without escape sequences, control characters and the passwords of addresses.

    Odd spaces become spaces.
    """
    line = ESCAPES.sub("", line.expandtabs(4))
    line = NAMED_PASSWORD.sub(r"\1…", CREDENTIALS.sub(r"\1…@", line))
    kept = (
        " " if mark.isspace() else mark for mark in line if mark.isprintable() or mark.isspace()
    )
    return "".join(kept).rstrip()


def plain_lines(
    text: str, characters: int = FIELD_CHARACTERS, lines: int = FIELD_LINES
) -> list[str]:
    """Return the beginning of a text in plain lines, with … where it was cut."""
    kept = [plain(line) for line in text[:characters].strip().splitlines()]
    cut = len(kept) > lines or len(text) > characters
    kept = kept[:lines]
    if cut and kept:
        kept[-1] += " …"
    return kept


def last_words(text: str) -> list[str]:
    """Return the end of a project's output in plain lines, with … where it was cut."""
    # The first line of the rest may be half an escape sequence.
    rest = text if len(text) <= WORDS_CHARACTERS else text[-WORDS_CHARACTERS:].partition("\n")[2]
    rest = rest or text[-WORDS_CHARACTERS:]
    lines = [line for line in map(plain, rest.splitlines()) if line]
    cut = len(lines) > WORDS_LINES or len(rest) < len(text)
    shown = [line if len(line) <= WORD_LINE else f"{line[:WORD_LINE]} …" for line in lines]
    return (["…"] if cut else []) + shown[-WORDS_LINES:]


def wrapped(text: str, width: int, *, first: str = "", other: str = "") -> list[str]:
    """Wrap a text of ours to `width` columns, 100 at the most; its own line ends are kept.

    A command in backticks stays on one line, so that it can be copied.
    """
    text = COMMAND.sub(lambda found: found[0].replace(" ", HARD_SPACE), text)
    out: list[str] = []
    for line in text.splitlines() or [""]:
        out += textwrap.wrap(
            line,
            min(width, MAX_WIDTH),
            initial_indent=other if out else first,
            subsequent_indent=other,
            # A path or an address that is cut can't be copied.
            break_long_words=False,
            break_on_hyphens=False,
        ) or [other if out else first]
    return [line.replace(HARD_SPACE, " ") for line in out]


def block(not_yet: NotYet, width: int) -> Iterator[tuple[str, str]]:
    """Yield the lines below a ✗ as label (padded, or blanks) and text."""
    room = min(width, MAX_WIDTH) - len(INDENT) - LABEL_WIDTH
    for field, head in LABELS.items():
        for line in plain_lines(getattr(not_yet, field)) or ["?"]:
            for part in wrapped(line, room):
                yield f"{INDENT}{head:<{LABEL_WIDTH}}", part
                head = ""
    words = last_words(not_yet.words)
    if words:
        yield f"{INDENT}its own words", ""
    for line in words:
        for part in textwrap.wrap(
            line, room, drop_whitespace=False, replace_whitespace=False, subsequent_indent="  "
        ):
            yield f"{INDENT}  │ ", part


def broken(error: BaseException) -> str:
    """Say that a check broke, and how."""
    said = " ".join(plain_lines(str(error))[:1])
    return f"the check itself broke: {type(error).__name__}: {said}".rstrip(": ")


def as_text(title: str, not_yet: NotYet) -> str:
    """Return a ✗ as one text, for a report that no terminal shows."""
    lines = [f"{label}{text}".rstrip() for label, text in block(not_yet, MAX_WIDTH)]
    return "\n".join([f"✗ {title}", *lines])
