"""The fixtures of this step: one project, started once, and what its visitors go through."""

from checks.common.admin_login import superuser
from checks.common.fixtures import frozen_web, idle_web, project, target
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.step_03.fixtures import broker_down, browsing, conversation, looking, sent, unheard
from checks.step_03.test_poll_task_status import test_the_fragment_polls_for_the_status

side_by_side = begin_early(
    *(
        Prefetch(name, beside=test_the_processes_start)
        for name in ("idle_web", "frozen_web", "looking", "superuser")
    ),
    Prefetch("browsing", beside=test_the_fragment_polls_for_the_status),
)
