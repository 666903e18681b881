"""From a ✗ to lines of text: wrapped, and without what an unknown project could hide in them."""

import re
import textwrap
from collections.abc import Iterator

from checks.verdicts import NotYet
from workbook.passwords import shortened, without_passwords
from workbook.runtime.process_output import NOTHING_SAID, without_escapes

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
LOG_CHARACTERS, LOG_LINES, LOG_LINE, LOG_WIDTH = 20_000, 16, 300, 80
LOG_MARGIN = f"{INDENT}  │ "
# Python's marks below a line of code.
CARETS = re.compile(r"\s*[\^~][\^~ ]*")
START = "Traceback (most recent call last):"
COMMAND = re.compile(r"`[^`]+`")
FIRST_SENTENCE = re.compile(r".+?(?:[.](?=\s)|$)")
HARD_SPACE = "\N{NO-BREAK SPACE}"


def plain(line: str) -> str:
    """Return a line without escape sequences, control characters and passwords.

    Odd spaces become spaces.
    """
    # It may be shown to others: an address may be in settings, in a traceback's line, in a log.
    line = without_passwords(without_escapes(line.expandtabs(4)))
    kept = (
        " " if mark.isspace() else mark for mark in line if mark.isprintable() or mark.isspace()
    )
    return "".join(kept).rstrip()


def plain_text(text: str) -> str:
    """Return a text of any number of lines as `plain` leaves each of them."""
    return "\n".join(map(plain, text.splitlines()))


def plain_lines(
    text: str, characters: int = FIELD_CHARACTERS, lines: int = FIELD_LINES
) -> list[str]:
    """Return the beginning of a text in plain lines, with … where it was cut."""
    # Passwords are hidden before the cut: in what is left of one, nobody could tell it.
    shown = text if len(text) <= characters else shortened(text[: 2 * characters], characters, "")
    kept = [plain(line) for line in shown.strip().splitlines()]
    cut = len(kept) > lines or len(text) > characters
    kept = kept[:lines]
    if cut and kept:
        kept[-1] += " …"
    return kept


def log_lines(text: str, room: int = LOG_WIDTH) -> list[str]:
    """Return the end of a project's log in plain lines, with … where it was cut.

    Python's marks below a line of code go where that line is wider than `room`: wrapped, they
    would point at nothing.
    """
    # The first line of the rest may be half an escape sequence.
    rest = text if len(text) <= LOG_CHARACTERS else text[-LOG_CHARACTERS:].partition("\n")[2]
    rest = rest or text[-LOG_CHARACTERS:]
    lines: list[str] = []
    for line in filter(None, map(plain, rest.splitlines())):
        if not (CARETS.fullmatch(line) and (not lines or len(lines[-1]) > room)):
            lines.append(line)
    cut = len(lines) > LOG_LINES or len(rest) < len(text)
    shown = [line if len(line) <= LOG_LINE else f"{line[:LOG_LINE]} …" for line in lines]
    return (["…"] if cut else []) + shown[-LOG_LINES:]


def wrapped(text: str, width: int, *, first: str = "", other: str = "") -> list[str]:
    """Wrap a text of the checks to `width` columns, 100 at the most; its own line ends are kept.

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
        for line in plain_lines(getattr(not_yet, field)) or ["nothing"]:
            for part in wrapped(line, room):
                yield f"{INDENT}{head:<{LABEL_WIDTH}}", part
                head = ""
    room = min(width, LOG_WIDTH) - len(LOG_MARGIN)
    lines = log_lines(not_yet.words, room)
    if lines:
        yield f"{INDENT}log", ""
    for line in lines:
        # What wraps goes on below where its line began, so that it is seen to be one.
        begin = " " * min(len(line) - len(line.lstrip()), room // 2)
        for part in textwrap.wrap(
            line,
            room,
            drop_whitespace=False,
            replace_whitespace=False,
            subsequent_indent=f"{begin}    ",
        ):
            yield LOG_MARGIN, part.rstrip()


def broken(error: BaseException) -> str:
    """Say that a check broke, and how. Of a traceback the last line matters, else the first."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    if START in str(error):
        ends = [line for line in lines if not line.startswith((" ", START))]
        lines = ends[-1:] or lines[-1:]
    elif lines and lines[0].endswith(":"):
        lines = lines[-1:]
        found = FIRST_SENTENCE.search(str(error))
        if found and lines[0].strip() == NOTHING_SAID:
            lines = [found[0]]
    said = " ".join(plain_lines("\n".join(lines))[:1])
    return f"the check itself broke: {type(error).__name__}: {said}".rstrip(": ")


def as_text(title: str, not_yet: NotYet) -> str:
    """Return a ✗ as one text, for a report that no terminal shows."""
    lines = [f"{label}{text}".rstrip() for label, text in block(not_yet, MAX_WIDTH)]
    return "\n".join([f"✗ {title}", *lines])
