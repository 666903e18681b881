"""Decides whether the lines printed are those that the page shows.

`…` in a line stands for anything within it, and a line of `…` alone for any lines. Blank lines
don't count. A shortened id such as `63eb55a9-…` stands for a task's id, everywhere on the page
for the same one. A time such as `8.…s` is the least: on a busy machine the same takes longer, up to
twice and two seconds. Where processes share a terminal (`… worker   | ready.`), each one's lines
are compared in their own order, whatever the others print in between.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

ANY = "…"
SHORT_ID = re.compile(r"\b[0-9a-f]{8}-…")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SECONDS = re.compile(r"(?<![\d.])(\d+)(?=\.…s\b)")
SPEAKER = re.compile(r"^\S+ (\w+) +\| ")


@dataclass(frozen=True)
class Difference:
    """The first line of a page that was not printed: its index, and what was there instead."""

    line: int
    what: str


@dataclass
class Matcher:
    """Compares what is shown with what was printed; it knows an id again that was shown before."""

    ids: dict[str, str] = field(default_factory=dict)

    def compare(
        self, shown: Sequence[str], printed: str, start: bool = False, end: bool = False
    ) -> Difference | None:
        """Return what of `shown` is not in `printed`, None if all is.

        `start` and `end` say whether the page shows the text from its first line, and to its last.
        """
        if any(SPEAKER.match(line) for line in shown):
            return self._compare_speakers(shown, printed, start)
        lines = [line.rstrip() for line in printed.splitlines() if line.strip()]
        text = "".join(f"{line}\n" for line in lines)
        if found := self._search(shown, text, start, end):
            self._remember(found)
            return None
        numbers = [at for at, line in enumerate(shown) if line.strip()]
        # The longest beginning that is there tells which line is the first that is not.
        for many in range(len(numbers) - 1, -1, -1):
            if self._search([shown[at] for at in numbers[:many]], text, start, end=False):
                break
        if not numbers:
            return Difference(0, f"nothing should be printed, and this was:\n{_tail(lines)}")
        missing = shown[numbers[many]]
        if many == len(numbers) - 1 and self._search(shown, text, start, end=False):
            return Difference(numbers[-1], f"more was printed than the page shows:\n{_tail(lines)}")
        near = difflib.get_close_matches(missing.strip(), [one.strip() for one in lines], 1, 0.4)
        nearest = f"\n  nearest  {near[0]}" if near else ""
        what = f"  page     {missing.strip()}{nearest}\nAll that was printed:\n{_tail(lines)}"
        return Difference(numbers[many], f"this line was not printed where it should be:\n{what}")

    def real(self, text: str) -> str:
        """Return what a reader types or opens: with the ids that they saw, not the page's."""
        for short, real in self.ids.items():
            text = text.replace(short, real)
        return text

    def _search(self, shown: Sequence[str], text: str, start: bool, end: bool) -> re.Match | None:
        names: dict[str, str] = {}
        patterns = [self._pattern(line, names) for line in shown if line.strip()]
        body = (r"\A" if start else "^") + "".join(patterns) + (r"\Z" if end else "")
        return re.search(body, text, re.MULTILINE)

    def _pattern(self, line: str, names: dict[str, str]) -> str:
        if line.strip() == ANY:
            return r"(?:[^\n]*\n)*?"
        pieces, at = [], 0
        for short in SHORT_ID.finditer(line):
            pieces += [_literal(line[at : short.start()]), self._id(short[0], names)]
            at = short.end()
        return "".join(pieces) + _literal(line[at:].rstrip()) + r"[^\S\n]*\n"

    def _id(self, short: str, names: dict[str, str]) -> str:
        if short in self.ids:
            return re.escape(self.ids[short])
        name = f"id_{short[:8]}"
        if short in names:
            return f"(?P={name})"
        names[short] = name
        return f"(?P<{name}>{UUID})"

    def _remember(self, found: re.Match) -> None:
        for name, real in found.groupdict().items():
            self.ids[f"{name.removeprefix('id_')}-{ANY}"] = real

    def _compare_speakers(
        self, shown: Sequence[str], printed: str, start: bool
    ) -> Difference | None:
        """Compare the lines of each process, in which others stand between those shown."""
        lines = printed.splitlines()
        for speaker in dict.fromkeys(_speaker(line) for line in shown):
            own = [at for at, line in enumerate(shown) if _speaker(line) == speaker]
            spaced = [words for at in own for words in (SPEAKER.sub("", shown[at]), ANY)]
            said = [SPEAKER.sub("", line) for line in lines if _speaker(line) == speaker]
            if difference := self.compare(spaced, "\n".join(said), start and speaker == ""):
                return Difference(own[difference.line // 2], difference.what)
        return None


def _speaker(line: str) -> str:
    found = SPEAKER.match(line)
    return found[1] if found else ""


def _literal(text: str) -> str:
    pieces = SECONDS.split(text)  # what stands between the times, and each time's seconds
    pieces[::2] = [r"[^\n]*?".join(map(re.escape, piece.split(ANY))) for piece in pieces[::2]]
    pieces[1::2] = [_at_least(int(seconds)) for seconds in pieces[1::2]]
    pattern = "".join(pieces)
    # A ruler is as long as the seconds within it leave room for.
    return re.sub(r"={5,}", "=+", pattern)


def _at_least(seconds: int) -> str:
    return f"(?:{'|'.join(map(str, range(seconds, 2 * seconds + 3)))})"


def _tail(lines: Sequence[str], many: int = 60) -> str:
    cut = [f"  ({len(lines) - many} lines before)"] if len(lines) > many else []
    return "\n".join([*cut, *(f"  | {line}" for line in lines[-many:])]) or "  | (nothing)"
