"""Step 05: what becomes of the others, and of the claim, where the task can't be sent."""

from __future__ import annotations

from checks.step_05.crowd import CONSUMERS, test_five_visitors_see_the_run
from checks.step_05.settings import TASKS
from checks.support.later import Later
from checks.support.runs import Crowd
from checks.support.stalled import Stalled
from checks.support.verdict import CannotTell, NotYet, check

STALLED_SECONDS = 30


@check(
    "While a task can't be sent, other pages are answered",
    after=(test_five_visitors_see_the_run,),
)
def test_a_held_up_task_holds_up_nobody_else(crowd: Later[Crowd], stalled: Later[Stalled]) -> None:
    seen = stalled.result(STALLED_SECONDS)
    if seen.slow:
        raise NotYet(
            done=f"opened websockets, with a Redis that held up {seen.held}, then {seen.slow.done}",
            seen=seen.slow.seen,
            expected="an answer at once: whoever waits for Redis must not stop the whole server",
            open=f"{CONSUMERS}, connect: which call there waits for Redis on the event loop?",
            guide="05, Send the task off the event loop",
        )
    if not seen.held:
        raise CannotTell(
            "opening a page sent no task through a Redis of the checks' own, though it does here"
        )


@check(
    "A claim is given back where the task can't be sent",
    after=(test_a_held_up_task_holds_up_nobody_else,),
)
def test_a_claim_is_given_back(stalled: Later[Stalled]) -> None:
    if not stalled.result(STALLED_SECONDS).sends_again:
        raise NotYet(
            done="cut the connection when a page sent the task; then all was well again, "
            "and another page was opened",
            seen="no task was sent for it",
            expected="a run at once: nobody is at work on the one that was claimed",
            open=f"{CONSUMERS} and {TASKS}: what becomes of the claim if sending the task raises?",
            guide="05, Give the claim back",
        )
