"""The fixtures of this step: one project, started once, and what its visitors go through."""

from checks.common.fixtures import frozen_web, idle_web, project, target
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.step_02.fixtures import frozen, sent
from checks.step_02.test_create_and_execute_tasks import test_the_result_is_stored

side_by_side = begin_early(
    Prefetch("frozen", beside=test_the_processes_start),
    # Not before the page was timed.
    Prefetch("idle_web", beside=test_the_result_is_stored),
)
