"""What the guide lets one type on Windows, and on Linux and macOS: its tabs, as turns."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guide.replay.page.console import Turn, turns_of
from workbook.paths import ROOT

PAGES = ("docs/set-up.md", *(p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("docs/0*"))))
WINDOWS, POSIX = "Windows", "Linux, macOS"
TAB = re.compile(r'^=== "(?P<label>[^"]+)"\n(?P<body>(?:(?:    .*)?\n)+)', re.MULTILINE)
WINDOWS_PROMPT = re.compile(r"^> ", re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Choice:
    """Neighbouring tabs of a page: what each label's reader types, and what is shown to them."""

    page: str
    tabs: dict[str, list[Turn]]


def choices(page: str) -> Iterator[Choice]:
    """Yield the tabs of a page that differ by system and hold commands."""
    found: dict[str, list[Turn]] = {}
    end = 0
    text = (ROOT / page).read_text(encoding="utf-8")
    for tab in TAB.finditer(text):
        if text[end : tab.start()].strip() and found:
            yield Choice(page, found)
            found = {}
        found[tab["label"]] = turns_in(textwrap.dedent(tab["body"]))
        end = tab.end()
    if found:
        yield Choice(page, found)


def turns_in(markdown: str) -> list[Turn]:
    """Return the turns of all console blocks in `markdown`, whichever prompt they have."""
    return [turn for block in CONSOLE.findall(markdown) for turn in turns_in_block(block)]


def turns_in_block(block: str) -> list[Turn]:
    """Return the turns of a console block, whichever prompt it has: Windows' too."""
    return turns_of(WINDOWS_PROMPT.sub("$ ", block).splitlines())


def typed_everywhere(page: str) -> list[str]:
    """Return the commands of a page that stand in no tab: they are typed on each system."""
    text = TAB.sub("", (ROOT / page).read_text(encoding="utf-8"))
    turns = (turn for block in CONSOLE.findall(text) for turn in turns_of(block.splitlines()))
    return [turn.typed for turn in turns if turn.prompt == "$ "]


def systems_choices() -> list[Choice]:
    """Return the tabs of all pages that offer Windows and the others something to type."""
    found = (one for page in PAGES if Path(ROOT / page).is_file() for one in choices(page))
    return [one for one in found if one.tabs.get(WINDOWS) and one.tabs.get(POSIX)]
