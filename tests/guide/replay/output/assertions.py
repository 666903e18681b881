"""What a difference that the matcher found leads to: a Mishap, or a correction in a refresh."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.guide.replay.errors import Mishap
from tests.guide.replay.output.matcher import ANY, Difference, Matcher
from tests.guide.replay.output.refresh import Correction, refreshed


@dataclass
class Proofs:
    """Compares the block that begins at `line` of the page with what was printed.

    In a refresh another output is no Mishap: a correction is noted, and the reader reads on.
    """

    refreshes: bool = False
    line: int = 0
    matcher: Matcher = field(default_factory=Matcher)
    corrections: list[Correction] = field(default_factory=list)

    def require(self, shown: Sequence[str], at: int, printed: str, end: bool) -> None:
        """Compare what a command printed; `shown` begins at index `at` of the block.

        `end` says that the command is done, so that the page shows it to its last line.
        """
        difference = self.matcher.compare(shown, printed, start=True, end=end)
        if difference and not self._corrected(shown, at, printed, True, end):
            raise Mishap(difference.what, at + difference.line)

    def require_on(self, screen: str, shown: Sequence[str], difference: Difference) -> None:
        """Complain of lines that did not appear on the screen that came nearest to them."""
        if not self._corrected(shown, 0, screen, False, False):
            raise Mishap(difference.what, difference.line)

    def _corrected(
        self, shown: Sequence[str], at: int, printed: str, start: bool, end: bool
    ) -> bool:
        if not self.refreshes:
            return False
        lines = refreshed(shown, printed, start, end)
        if not any(line.strip(f" {ANY}") for line in lines):
            return False
        self.corrections.append(Correction(self.line + at, len(shown), lines))
        return self.matcher.compare(lines, printed, start, end) is None
