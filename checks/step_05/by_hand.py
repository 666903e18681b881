"""Step 05: the task called by hand, while no run goes on."""

from __future__ import annotations

import time

from checks.step_05.crowd import WATCH_SECONDS, test_five_visitors_see_the_run
from checks.step_05.settings import TASKS
from checks.support.later import Later
from checks.support.project import Project
from checks.support.runs import NEXT_SECONDS, TASK, Crowd, changes, statuses
from checks.support.verdict import NotYet, check

BY_HAND = ["RUNNING", "FINISHED"]


@check("Called by hand, the task reaches an open page", after=(test_five_visitors_see_the_run,))
def test_a_call_by_hand_reaches_the_page(project: Project, crowd: Later[Crowd]) -> None:
    page, since = crowd.result(WATCH_SECONDS).visitors[0], time.monotonic()
    project.app.send_task(TASK, kwargs={"num_iterations": len(BY_HAND)})
    page.wait_for(lambda: changes(page, since) == BY_HAND, NEXT_SECONDS)
    if changes(page, since)[: len(BY_HAND)] != BY_HAND:
        raise NotYet(
            done=f"send_status_periodically.delay(num_iterations={len(BY_HAND)}), while no run "
            "went on",
            seen=f"an open page was sent {', '.join(statuses(page, since)) or 'nothing'}",
            expected=", ".join(BY_HAND),
            open=f"{TASKS}, send_status_periodically",
            guide="05, Write the task",
            words=project.process("worker").words.tail(),
        )
