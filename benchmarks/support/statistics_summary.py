"""A figure of a benchmark: its median, and how far apart the rounds are."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """The median of all values, and the lowest and the highest median of a round."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 1) -> str:
        """Return it for a table, such as `4.3 (4.1–4.9)`."""
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def figure(rounds: Sequence[Sequence[float]], digits: int = 3) -> Figure | None:
    """Return the figure of several rounds' values; None where there are none."""
    found = [values for values in rounds if values]
    if not found:
        return None
    medians = [statistics.median(values) for values in found]
    middle = statistics.median(value for values in found for value in values)
    return Figure(round(middle, digits), round(min(medians), digits), round(max(medians), digits))


def ratio(rounds: Sequence[Sequence[float]], of: Sequence[Sequence[float]]) -> Figure | None:
    """Return how many times as large the values are as those `of` another row, round by round.

    Both rows of a round met the same machine in the same state: what disturbs both cancels out.
    """
    pairs = [(mine, other) for mine, other in zip(rounds, of, strict=True) if mine and other]
    ratios = [statistics.median(mine) / statistics.median(other) for mine, other in pairs]
    return figure([[one] for one in ratios])
