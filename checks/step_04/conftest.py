"""The fixtures of this step: one project, started once, and its visitors."""

from checks.common.fixtures import idle_web, project, target
from checks.common.live_fixtures import live_page, sockets
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.step_04.fixtures import closed_pages, group_message, loading_alone, pages, silent_page
from checks.step_04.test_setup_websocket import test_runserver_opens_the_websocket

side_by_side = begin_early(
    Prefetch("silent_page", beside=test_the_processes_start),
    Prefetch("live_page", beside=test_the_processes_start),
    # A page that was refused is watched for seconds.
    Prefetch("closed_pages", beside=test_the_processes_start),
    Prefetch("loading_alone", beside=test_runserver_opens_the_websocket),
)
