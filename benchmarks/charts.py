"""Bars as SVG, in the page's own colours: docs/css/figures.css knows the classes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH = 580
LABEL_WIDTH = 276
BAR_WIDTH = 210
ROW_HEIGHT = 30
BAR_HEIGHT = 18


@dataclass(frozen=True)
class Bar:
    """A bar: how long it is, from where to where the rounds went, and the text behind it."""

    label: str
    value: float
    low: float
    high: float
    text: str
    is_strong: bool = False


def bars(name: str, title: str, shown: Sequence[Bar]) -> str:
    """Return a chart of horizontal bars; `name` is unique in the page.

    `title` says in words what is shown, and the text of each bar follows it there.
    """
    longest = max(bar.high for bar in shown)
    scale = BAR_WIDTH / longest
    height = ROW_HEIGHT * len(shown) + 10
    said = "; ".join(f"{bar.label}: {bar.text}" for bar in shown)
    lines = [
        f'<svg class="diagram chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title">',
        f'<title id="{name}-title">{escape(f"{title} {said}.")}</title>',
    ]
    for number, bar in enumerate(shown):
        lines += _bar(bar, number * ROW_HEIGHT + 5, scale)
    return "\n".join([*lines, "</svg>"])


def _bar(bar: Bar, top: float, scale: float) -> list[str]:
    middle = top + ROW_HEIGHT / 2
    end = LABEL_WIDTH + max(bar.value * scale, 1)
    kind = "work" if bar.is_strong else "bar"
    low, high = (LABEL_WIDTH + value * scale for value in (bar.low, bar.high))
    return [
        f'<text class="name" x="{LABEL_WIDTH - 8}" y="{middle + 5:.0f}">{escape(bar.label)}</text>',
        f'<rect class="{kind}" x="{LABEL_WIDTH}" y="{middle - BAR_HEIGHT / 2:.0f}" '
        f'width="{end - LABEL_WIDTH:.1f}" height="{BAR_HEIGHT}"/>',
        f'<path class="spread" d="M{low:.1f} {middle:.0f}H{high:.1f}"/>',
        f'<text class="value" x="{max(end, high) + 8:.0f}" y="{middle + 5:.0f}">'
        f"{escape(bar.text)}</text>",
    ]


def columns(rows: Iterable[Any], cells: Mapping[str, Callable[[Any], str]]) -> str:
    """Return an HTML table of `rows`: by the head of each column, what stands in its cells."""
    return table([*cells], [[cell(row) for cell in cells.values()] for row in rows])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table; the first column names the rows, the others are figures."""
    head = "".join(
        f'<th scope="col">{escape(text)}</th>' if text else "<td></td>" for text in heads
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
