"""The fixtures of this step: one project, started once, and what its visitors go through."""

from checks.common.fixtures import project, target
from checks.common.live_fixtures import closed_pages, live_page, sockets
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.step_05.exercise import goes_beside, pushed
from checks.step_05.fixtures import blocked_send, failover, watched_run
from checks.step_05.test_websocket_celery import (
    test_a_call_by_hand_reaches_the_page,
    test_five_visitors_stay_connected,
)

side_by_side = begin_early(
    Prefetch("failover", beside=test_the_processes_start),
    # A page that was refused is watched for seconds.
    Prefetch("closed_pages", beside=test_the_processes_start),
    Prefetch("live_page", beside=test_a_call_by_hand_reaches_the_page),
    # Where somebody solved the exercise, and nobody is held up.
    Prefetch("pushed", beside=test_five_visitors_stay_connected, when=goes_beside),
)
