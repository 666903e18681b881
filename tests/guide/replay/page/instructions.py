"""The sentences of a page that ask for something to be done, other than in a code block.

A page keeps to these forms; a sentence that begins like one of them and is none is a Mishap. So no
request to the reader is passed over in silence.

- Open <http://…>, or `http://…` with an id that the reader has seen, [in a second tab, in a third
  tab, in two tabs, in three tabs, in a private window]. Close the private window.
- Press, click, follow or open **a button or a link**. Clear or tick **a box**. Log in.
- Reload the page, every tab, or the private window. Press Ctrl-Shift-R: the page without the
  browser's cache.
- Close every tab.
- Delete the cookie `name`.
- Fill in: a table of “field” and “value” follows.
- Stop the worker [, beat and Redis] with Ctrl-C. Stop everything with Ctrl-C.
- Suspend the web server with Ctrl-Z. Resume it with `fg`.
- Leave the shell with `exit()`.
- Undo …: what a diff changed on trial since the last time is taken back.
- Wait 15 seconds.
- Open one more terminal, open Django's shell: the command that follows does so.
- What goes below `ONE` then goes below `OTHER`: so it is, in a file that has no `ONE`.
- The page says `…`. Both tabs say `…`. Every tab says `…`. The private window says `…`: it is
  looked at, and waited for.
"""

import re
from dataclasses import dataclass

ADDRESS = r"[<`](http://[^>`]+)[>`]"
SEEN = r"([Tt]he page|[Bb]oth tabs|[Ee]very tab|[Tt]he private window)"
FORMS = {
    "open": rf"[Oo]pen {ADDRESS}(?! in a private)(?: in (a second|a third|two|three) tabs?)?",
    "open_private": rf"[Oo]pen {ADDRESS} in a private window",
    "press": r"\b(?:[Pp]ress|[Cc]lick|[Ff]ollow|[Oo]pen) \*\*([^*]+)\*\*",
    "clear": r"\b[Cc]lear \*\*([^*]+)\*\*",
    "tick": r"\b[Tt]ick \*\*([^*]+)\*\*",
    "log_in": r"\b[Ll]og in\b",
    "reload": r"\b[Rr]eload (the page|every tab|the private window)",
    "reload_all_files": r"\b[Pp]ress Ctrl-Shift-R\b",
    "close_every": r"\b[Cc]lose every tab\b",
    "close_private": r"\b[Cc]lose the private window\b",
    "forget": r"\b[Dd]elete the cookie `(\w+)`",
    "stop": r"\b[Ss]top ([^.:]+?) with Ctrl-C",
    "suspend": r"\b[Ss]uspend the ([\w ]+) with Ctrl-Z",
    "resume": r"\b[Rr]esume it with `fg`",
    "leave": r"\b[Ll]eave the shell with `exit\(\)`",
    "undo": r"(?:^|(?<=[.!] ))Undo\b",
    "wait": r"\b[Ww]ait (\d+) seconds",
    "terminal": r"\b[Oo]pen (?:one more terminal|another terminal|Django's shell)",
    "instead": r"\b[Ww]hat goes below `(\w+)` then goes below `(\w+)`",
    "see": rf"{SEEN} (?:still )?says? `([^`]+)`",
}
# These change nothing: what follows was there before.
LOOKING = ("see", "wait", "terminal", "instead")
PATTERNS = {name: re.compile(form) for name, form in FORMS.items()}
REQUEST = re.compile(
    r"(?:Now |Then |Next |And )?"
    r"(?:[Oo]pen|[Pp]ress|[Cc]lick|[Ff]ollow|[Cc]lear|[Tt]ick|[Ll]og in|[Rr]eload|[Dd]elete"
    r"|[Ss]top|[Ss]uspend|[Rr]esume|[Uu]ndo|[Ww]ait(?! for| until)|[Ss]ave|[Cc]lose"
    r"|[Ll]eave the shell)\b"
)
ENDS = re.compile(r"(?<=[.!?:])\s+")
NUMBERS = {"a second": 2, "two": 2, "a third": 3, "three": 3}


@dataclass(frozen=True)
class Deed:
    """Something to do: which of the forms, and what it names."""

    name: str
    words: tuple[str, ...]


def deeds_of(prose: str) -> list[Deed]:
    """Return what a paragraph asks for, in its order."""
    found = [
        (match.start(), Deed(name, tuple(word or "" for word in match.groups())))
        for name, pattern in PATTERNS.items()
        for match in pattern.finditer(prose)
    ]
    return [deed for _, deed in sorted(found, key=lambda pair: pair[0])]


def unknown_request(prose: str) -> str | None:
    """Return the first sentence that asks for something in a form that nobody knows."""
    for sentence in ENDS.split(prose):
        if REQUEST.match(sentence) and not any(one.search(sentence) for one in PATTERNS.values()):
            return sentence
    return None
