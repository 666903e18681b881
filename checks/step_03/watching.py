"""Step 03's checks of what shows only after a while: in a real browser, and without a worker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.step_03.answering import (
    test_a_broker_that_is_away_is_said,
    test_a_strangers_task_is_unknown,
    test_every_state_is_said,
)
from checks.step_03.asking import BASE, TEMPLATES, VIEWS
from checks.step_03.progress import test_the_asking_ends
from checks.step_03.visits import BEGIN_SECONDS
from checks.support.conversation import Conversation
from checks.support.fragments import quoted
from checks.support.later import Later
from checks.support.verdict import NotYet, check

if TYPE_CHECKING:
    from checks.step_03.in_a_browser import Browsing, Seen

QUESTION = "worker"
EARLY_SECONDS, WAIT_SECONDS = 7, 12
SWAPPING = "which answers does htmx swap in?"


@check("In a browser a click leads to the end, without a reload", after=(test_the_asking_ends,))
def test_a_click_leads_to_the_end_in_a_browser(browsing: Browsing) -> None:
    seen = browsing.wait(browsing.done)
    if seen.was_reloaded:
        told = "the whole page was loaded anew"
        hint = "templates/index.html: what sends the form, htmx or the browser?"
    elif seen.answer is None:
        told = seen.problem
        hint = "templates/index.html and the fragment: which element does each answer replace?"
    elif seen.asked_after:
        told = "the last fragment came, and the page went on asking"
        hint = "the template of the fragment: does it replace the one that asks, or go into it?"
    elif not seen.is_shown:
        told = f"the last fragment came, and the page shows {quoted(seen.text)}"
        hint = "templates/index.html: is there an element that hx-target names?"
    else:
        return
    raise NotYet(
        done="opened the start page in Chromium, clicked its button and watched",
        seen=told,
        expected="each fragment in the place of the one before, until the last one",
        open=hint,
        guide="03, Swap the fragment",
    )


@check(
    "In a browser a queue that can’t be reached is seen",
    after=(test_a_broker_that_is_away_is_said,),
)
def test_a_503_is_seen_in_a_browser(browsing: Browsing) -> None:
    _require_shown(
        browsing.wait(browsing.away),
        done="clicked in Chromium while the broker refuses connections",
        guide="03, Swap in errors too",
    )


@check(
    "In a browser a 404 takes the fragment’s place, and the asking ends",
    after=(test_a_strangers_task_is_unknown,),
)
def test_a_404_ends_the_asking_in_a_browser(browsing: Browsing) -> None:
    done = "clicked in Chromium, then took the session’s cookie away"
    seen = browsing.wait(browsing.stranger)
    if seen.answer and seen.scripts < seen.scripts_before:
        raise NotYet(
            done=done,
            seen="the text of the 404 took the place of the whole page",
            expected="it takes the place of the fragment, and the page around it stays",
            open=f"{BASE}: which script replaces a page while DEBUG is on?",
            guide="03, Swap in errors too",
        )
    _require_shown(seen, done=done, guide="03, Swap in errors too")


def _require_shown(seen: Seen, done: str, guide: str) -> None:
    if seen.answer is None:
        told = seen.problem
    elif not seen.is_shown:
        again = ", and the page went on asking" if seen.asked_after else ""
        told = f"the {seen.answer.status} came{again}; the page shows {quoted(seen.text)}"
    elif seen.asked_after:
        told = f"the {seen.answer.status} came and was shown, and the page went on asking"
    else:
        return
    raise NotYet(
        done=done,
        seen=told,
        expected="the words of the answer in the page, and no more requests",
        open=f"{BASE}, htmx-config: {SWAPPING}",
        guide=guide,
    )


@check(
    "After ten seconds without news the page asks whether the worker runs",
    after=(test_every_state_is_said,),
)
def test_silence_is_asked_about(silence: Later[Conversation]) -> None:
    talk = silence.result(BEGIN_SECONDS)
    first = _sentences(talk.said[0].words)

    def asking() -> bool:
        return _asks(first, talk.last.words)

    def over() -> bool:
        return asking() or talk.last.at > WAIT_SECONDS

    talk.wait_until(over)
    asked = next((said for said in talk.said if _asks(first, said.words)), None)
    # The page counts from the moment when it was asked: a slow answer is part of the wait.
    if asked and asked.at + talk.said[0].answer.seconds >= EARLY_SECONDS:
        return
    last = asked or talk.last
    speaks = not asked and bool(_sentences(talk.last.words) - first)
    raise NotYet(
        done="sent a task to a queue where no worker listens, and asked on",
        seen=f"after {last.at:.1f} s {'already' if asked else 'still'} {quoted(last.words)}"
        if last.answer.is_fine
        else f"after {last.at:.1f} s {last.answer.seen}",
        expected="PENDING at first, and after 10 s a question that was not there before: "
        "does the worker run?",
        open=f"{TEMPLATES}: which question does it ask when nothing is new?"
        if speaks
        else f"{VIEWS}: where does it keep when the task was sent?",
        guide="03, Ask whether the worker runs",
    )


def _asks(first: set[str], words: str) -> bool:
    """Tell whether a sentence about the worker is there that did not stand in the `first` ones."""
    return any(QUESTION in sentence for sentence in _sentences(words) - first)


def _sentences(words: str) -> set[str]:
    """Return the sentences without figures: seconds that count up are no news."""
    return set(re.split(r"\s*[.!?:;]\s*", re.sub(r"\d+", "", words).casefold()))
