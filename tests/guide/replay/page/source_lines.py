"""Where in a page's Markdown a reader is: the line that a failure names, or a refresh rewrites."""

import re

# What Markdown adds to words, and the built page does not show.
DECORATION = re.compile(r"[*`<>\[\]\\]|\]\([^)]*\)|^[\s#>|+-]*(?:\d+\. |\[ \] )?")


class Source:
    """The lines of a page, searched forward only, as a reader reads."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.at = 0  # index of the line that was found last

    def line_of_words(self, words: str) -> int:
        """Return the line where a paragraph or a heading with these words begins."""
        start = _plain(words)[:25]
        return self._find(lambda line: bool(start) and start in f"{_plain(line)} ", self.at)

    def line_of_block(self, text: str) -> int:
        """Return the line of the first line of a code block."""
        first = text.split("\n", 1)[0].strip()
        return self._find(lambda line: line.strip() == first, self.at + 1)

    def line_of_listing(self, path: str) -> int:
        """Return the line of the address of a file in `steps/`, or of a lesson's patch."""
        address = re.compile(
            rf"\s*(steps/[^/]+(/{re.escape(path)})?(::|$)"
            rf"|checks/\S+\.patch(::{re.escape(path)})?\s*$)"
        )
        return self._find(lambda line: bool(address.match(line)), self.at)

    def _find(self, fits, start: int) -> int:
        found = (at for at in range(start, len(self.lines)) if fits(self.lines[at]))
        self.at = next(found, self.at)
        return self.at + 1


def _plain(text: str) -> str:
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(DECORATION.sub("", bare).replace("’", "'").split())
