"""What htmx asks by itself: which elements of a page send requests, when, to where, for whom.

Whether what a websocket brings can be swapped in is `common.live_markup`.
"""

import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checks.clients.addresses import resolved
from checks.clients.dom import Element, base_of, elements_of
from checks.clients.http_client import UUID, Answer, Visitor
from checks.pace import patience
from workbook.passwords import shortened

# Triggers that fire without a person.
BY_ITSELF = re.compile(r"\b(every|load|revealed|intersect)\b")

# What `hx-target` takes besides selectors, as one word.
EXTENDED = (
    *("this", "next", "previous", "body", "document", "window", "unset", "root", "host"),
    *("html", "head", "tbody"),  # which a browser adds where the page leaves them out
)

ANSWER_SECONDS = 4


def polled_path(answer: Answer) -> str | None:
    """Return the path, with its query, that the answer asks for by itself; None if for none.

    It is a whole address where another server is asked.
    """
    return next(iter(polled_paths(answer)), None)


def polled_paths(answer: Answer) -> list[str]:
    """Return every path, with its query, that the answer asks for by itself.

    They are whole addresses where another server is asked.
    """
    return _requested(answer, "hx-get", _asks_by_itself)


def has_trigger(answer: Answer) -> bool:
    """Tell whether any element of the answer sends a request by itself."""
    return any(map(_asks_by_itself, elements_of(answer.text)))


def _asks_by_itself(element: Element) -> bool:
    return bool(BY_ITSELF.search(element.get("hx-trigger") or ""))


@dataclass(frozen=True)
class Polling:
    """An `hx-trigger` that fires by itself, and the seconds from one request to the next.

    They are infinite where htmx reads no time in it, and never asks.
    """

    trigger: str
    seconds: float

    @property
    def seen(self) -> str:
        """Say in a line what htmx makes of it."""
        if math.isinf(self.seconds):
            return f'hx-trigger="{self.trigger}": htmx finds no time in it, and never polls'
        often = (
            f"every {self.seconds * 1000:g} ms"
            if self.seconds
            else "again and again without a pause"
        )
        if self.seconds >= 1:
            often = f"every {self.seconds:g} s"
        return f'hx-trigger="{self.trigger}": htmx polls {often}'


def polling(answer: Answer, *, is_repeated: bool) -> Polling | None:
    """Return the polling of an answer's element that asks by itself; the fastest, None if none.

    A trigger on `load` fires once for each answer that brings it: it counts where `is_repeated`,
    that is where this answer came because of the one before.
    """
    found = []
    for element in elements_of(answer.text):
        trigger = element.get("hx-trigger") or ""
        if element.get("hx-get") is not None and _asks_by_itself(element):
            seconds = [one for one in _intervals(trigger, is_repeated) if one is not None]
            if seconds:
                found.append(Polling(trigger, min(seconds)))
    return min(found, key=lambda one: one.seconds, default=None)


def _intervals(trigger: str, is_repeated: bool) -> Iterator[float | None]:
    """Give the seconds of each of a trigger's events, as far as they repeat."""
    for event in re.sub(r"\[.*?\]", "", trigger).split(","):
        name, *words = event.split() or [""]
        if name.startswith("every"):
            seconds = interval_seconds(words[0] if words else "")
            # htmx polls by no time and by none that is 0.
            yield seconds or math.inf
        elif name == "load" and is_repeated:
            delay = next((word for word in words if word.startswith("delay:")), "delay:0")
            yield interval_seconds(delay.removeprefix("delay:")) or 0.0


def interval_seconds(text: str) -> float | None:
    """Return the seconds that htmx reads in a time, such as `500ms` or `1s`; None for none.

    A number without a unit that it knows counts as milliseconds.
    """
    units = {"ms": 0.001, "s": 1.0, "m": 60.0}
    unit = next((unit for unit in units if text.endswith(unit)), "")
    number = re.match(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))", text.removesuffix(unit))
    return float(number[1]) * units.get(unit, 0.001) if number else None


def has_get(answer: Answer) -> bool:
    """Tell whether any element of the answer holds an address to ask, whenever that would be."""
    return any(one.get("hx-get") is not None for one in elements_of(answer.text))


def posted_paths(answer: Answer) -> list[str]:
    """Return the paths that htmx would post to, and whole addresses at other servers."""
    return [one.partition("?")[0] for one in _requested(answer, "hx-post", lambda one: True)]


def goes_into_itself(fragment: Answer, page: Answer) -> bool:
    """Tell whether htmx puts each answer into the element that polls, which polls on beside it.

    So it does where nothing says what to replace: neither the fragment, nor its headers, nor
    `page`, which it is in. Where anything there might, it is False, and a browser has to tell.
    """
    polling = [one for one in elements_of(fragment.text) if _polls_again(one)]
    if not polling or not page.is_fine or fragment.swaps_by_header:
        return False
    if "defaultSwapStyle" in page.text or "hx-swap-oob" in fragment.text:
        return False
    if any("htmx" not in one for one in scripts(page)):
        return False  # which may set htmx's own settings
    *_, top = polling[0].lineage()
    elements = elements_of(page.text)
    places = [one for one in elements if one.id and one.id == top.id]
    around = {id(above) for place in places for above in place.lineage()}
    if not places or any(id(one) in around and _swaps(one) for one in elements):
        return False
    return all(
        not any(one.get("hx-target") for one in element.lineage())
        and _first_word(element, "hx-swap") in ("", "innerHTML")
        for element in polling
    )


def _polls_again(element: Element) -> bool:
    return element.get("hx-get") is not None and bool(
        re.search(r"\bevery\b", element.get("hx-trigger") or "")
    )


def _swaps(element: Element) -> bool:
    """Tell whether an element says what htmx replaces, itself or as heirs of it do."""
    return any(element.get(name) for name in ("hx-swap", "hx-target"))


def _first_word(element: Element, name: str) -> str:
    """Return the first word of an attribute, the element's or the nearest around it that has it."""
    value = next((one for each in element.lineage() if (one := each.get(name))), "")
    return next(iter(value.split()), "")


def missing_target(answer: Answer, path: str) -> str:
    """Return the `hx-target` of what posts to `path` where it names no element there, else "".

    Only what is an id or a tag is judged: of other selectors the browser tells.
    """
    elements = elements_of(answer.text)
    base = base_of(elements)
    for element in elements:
        posted = element.get("hx-post")
        if posted is None or resolved(answer.url, posted, base).partition("?")[0] != path:
            continue
        targets = (one.get("hx-target") for one in element.lineage())
        target = next((one.strip() for one in targets if one), "")
        names_id = re.fullmatch(r"#([\w-]+)", target)
        if names_id and all(one.id != names_id[1] for one in elements):
            return target
        is_tag = re.fullmatch(r"[a-z][\w-]*", target) and target not in EXTENDED
        if is_tag and all(one.tag != target for one in elements):
            return target
    return ""


def _requested(answer: Answer, name: str, asks: Callable[[Element], bool]) -> list[str]:
    elements = elements_of(answer.text)
    addresses = [one.get(name) for one in elements if asks(one)]
    base = base_of(elements)
    return [resolved(answer.url, one, base) for one in addresses if one is not None]


def scripts(answer: Answer) -> list[str]:
    """Return the addresses of the page's scripts as they stand there."""
    found = [one.get("src") for one in elements_of(answer.text) if one.tag == "script"]
    return [address for address in found if address is not None]


def bar(answer: Answer) -> float | None:
    """Return how full the bar is, 0 to 1; None where there is none, or one without a value."""
    for element in elements_of(answer.text):
        attributes = element.attributes
        if element.tag == "progress":
            value, most = attributes.get("value"), attributes.get("max", "1")
        elif attributes.get("role") == "progressbar":
            value, most = attributes.get("aria-valuenow"), attributes.get("aria-valuemax", "100")
        else:
            continue
        try:
            return float(value or "") / float(most)
        except (ValueError, ZeroDivisionError):
            return None
    return None


def is_whole_page(answer: Answer) -> bool:
    """Tell whether it is a page of its own rather than a piece of one."""
    return bool(re.search(r"<html\b|<body\b|<!doctype", answer.text, re.IGNORECASE))


def own_words(answer: Answer) -> str:
    """Return what a person reads there, without a task's id."""
    return " ".join(UUID.sub("", answer.words).split())


def quoted(text: str, characters: int = 120) -> str:
    """Return the beginning of a text, as one line, between quotation marks."""
    return f"“{shortened(' '.join(text.split()), characters, ' …')}”"


@dataclass(frozen=True)
class Fragment:
    """A fragment, and how many seconds after the first one it came."""

    answer: Answer
    at: float

    @property
    def words(self) -> str:
        """What a person reads in it, without the task's id."""
        return own_words(self.answer)


class Conversation:
    """Polls where each fragment says, in a thread of its own, as htmx would.

    It ends with the first fragment that asks for nothing more or is no 2xx, when told to stop,
    or after `seconds`.
    """

    def __init__(self, visitor: Visitor, first: Answer, *, interval: float, seconds: float) -> None:
        self._visitor, self._interval = visitor, interval
        self._start = time.monotonic()
        self._deadline = self._start + seconds
        self._stopped = threading.Event()
        self.said = [Fragment(first, 0)]
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    @property
    def last(self) -> Fragment:
        """The fragment that came last."""
        return self.said[-1]

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return time.monotonic() - self._start

    @property
    def goes_on(self) -> bool:
        """Whether it has not come to its end."""
        return self._thread.is_alive()

    def wait_until(self, holds: Callable[[], bool]) -> bool:
        """Wait until `holds` or the conversation is over; return whether it holds."""
        while self.goes_on:
            if holds():
                return True
            self._thread.join(0.1)
        return holds()

    def stop(self) -> None:
        """Stop polling."""
        self._stopped.set()
        self._thread.join(patience(ANSWER_SECONDS) + 1)

    def _talk(self) -> None:
        path = polled_path(self.last.answer)
        while path and time.monotonic() < self._deadline:
            if self._stopped.wait(self._interval):
                return
            answer = self._visitor.get(path, htmx=True, within=ANSWER_SECONDS)
            self.said.append(Fragment(answer, time.monotonic() - self._start))
            path = polled_path(answer) if 200 <= answer.status < 300 else None
