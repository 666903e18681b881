"""The fixtures of this lesson: one project, started once, and the faults it meets."""

from checks.common.fixtures import frozen_web, idle_web, project, target
from checks.common.live_fixtures import sockets
from checks.common.prefetch import Prefetch, begin_early
from checks.common.startup_checks import test_the_processes_start
from checks.robust.fixtures import (
    not_stored,
    quiet_page,
    refusals,
    restarted,
    silenced,
    silent_task,
)

side_by_side = begin_early(
    *(
        Prefetch(name, beside=test_the_processes_start)
        for name in (
            *("frozen_web", "restarted", "not_stored", "refusals"),
            *("quiet_page", "silent_task", "silenced"),
        )
    )
)
