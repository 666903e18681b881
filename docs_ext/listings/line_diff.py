"""Which lines of a text are new, and its unified diff with line numbers, as a person aligns it."""

from difflib import SequenceMatcher

CONTEXT = 3  # lines around a change
Opcode = tuple[str, int, int, int, int]


class LineMatcher(SequenceMatcher):
    """Compares lines; a run that could sit in several places begins where a paragraph begins."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        super().__init__(None, before, after, autojunk=False)

    def get_opcodes(self) -> list[Opcode]:
        """Return difflib's opcodes with the inserted and deleted runs moved to good places."""
        codes = list(super().get_opcodes())
        for at, (tag, *_rest) in enumerate(codes):
            if tag in ("insert", "delete"):
                self._slide(codes, at)
        return [code for code in codes if code[1] < code[2] or code[3] < code[4]]

    def _slide(self, codes: list[Opcode], at: int) -> None:
        tag, i1, i2, j1, j2 = codes[at]
        lines, start, end = (self.b, j1, j2) if tag == "insert" else (self.a, i1, i2)
        above = codes[at - 1] if at > 0 and codes[at - 1][0] == "equal" else None
        below = codes[at + 1] if at + 1 < len(codes) and codes[at + 1][0] == "equal" else None
        up = down = 0
        while above and up < above[2] - above[1] and lines[start - up - 1] == lines[end - up - 1]:
            up += 1
        while below and down < below[2] - below[1] and lines[start + down] == lines[end + down]:
            down += 1
        by = max(range(-up, down + 1), key=lambda shift: _score(lines, start + shift))
        codes[at] = (tag, i1 + by, i2 + by, j1 + by, j2 + by)
        if above:
            codes[at - 1] = (above[0], above[1], above[2] + by, above[3], above[4] + by)
        if below:
            codes[at + 1] = (below[0], below[1] + by, below[2], below[3] + by, below[4])


def _score(lines: list[str], start: int) -> tuple[bool, int, int]:
    first = lines[start]
    begins = bool(first.strip()) and (start == 0 or not lines[start - 1].strip())
    return begins, len(first.lstrip()) - len(first), start


def new_lines(before: list[str], after: list[str]) -> list[int]:
    """Return the indices of the lines of `after` that `before` lacks."""
    found: list[int] = []
    for tag, _, _, start, end in LineMatcher(before, after).get_opcodes():
        if tag in ("insert", "replace"):
            found += range(start, end)
    return found


def unified_diff(before: list[str], after: list[str]) -> list[str]:
    """Return the hunks of a unified diff, without the two lines that name the files."""
    result: list[str] = []
    for group in LineMatcher(before, after).get_grouped_opcodes(CONTEXT):
        old, new = (_range(group[0][at], group[-1][at + 1]) for at in (1, 3))
        result.append(f"@@ -{old} +{new} @@")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                result += [f" {line}" for line in before[i1:i2]]
            else:
                result += [f"-{line}" for line in before[i1:i2]]
                result += [f"+{line}" for line in after[j1:j2]]
    return result


def hunks_of(before: list[str], after: list[str]) -> list[list[str]]:
    """Return the lines of each hunk of their unified diff, without its numbers."""
    hunks: list[list[str]] = []
    for line in unified_diff(before, after):
        if line.startswith("@@"):
            hunks.append([])
        else:
            hunks[-1].append(line)
    return hunks


def _range(start: int, end: int) -> str:
    length = end - start
    # An empty range is named by the line before it.
    return f"{start + 1 if length else start},{length}"
