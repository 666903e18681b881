"""Step 05: the page in a real browser, once the run of the others is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.step_05.crowd import WATCH_SECONDS, test_five_visitors_see_the_run
from checks.support.later import Later
from checks.support.project import Project
from checks.support.runs import STATUSES, Crowd
from checks.support.verdict import CannotTell, NotYet, check

if TYPE_CHECKING:
    from checks.support.live_page import LivePage

BROWSER_SECONDS = 6


@check(
    "In a real browser the text changes by itself",
    after=(test_five_visitors_see_the_run,),
)
def test_a_browser_shows_the_run(
    project: Project, live_page: LivePage | None, crowd: Later[Crowd]
) -> None:
    if live_page is None:
        raise CannotTell("there is no Chromium, Chrome or Edge on this machine: install one")
    crowd.result(WATCH_SECONDS)  # only when the others' run is over may another one begin
    live_page.open(f"{project.url}/live/")
    shown = all(live_page.shows(text, BROWSER_SECONDS) for text in STATUSES)
    if not shown or live_page.loads > 1:
        texts = ", ".join(f"“{text}”" for text in live_page.texts)
        raise NotYet(
            done="opened /live/ in a real browser and looked at the element with id=status",
            seen=f"it showed {texts or 'no change'}, with {live_page.loads} loads of the page",
            expected="RUNNING and FINISHED by turns, without a reload",
            open="templates/live.html and status/partials/current_status.html",
            guide="05, Watch two tabs",
            words="\n".join(live_page.problems),
        )
