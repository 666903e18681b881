"""Step 05: a task speaks to every page.

The checks stand in modules of this folder, in the order in which they are told.
"""

from checks.step_05.by_hand import test_a_call_by_hand_reaches_the_page
from checks.step_05.crowd import (
    test_a_late_visitor_is_told,
    test_a_run_keeps_the_interval,
    test_all_share_one_run,
    test_five_visitors_see_the_run,
    test_five_visitors_stay_connected,
    test_other_tasks_end_well,
    test_the_worker_logs_no_error,
)
from checks.step_05.in_a_browser import test_a_browser_shows_the_run
from checks.step_05.sending import (
    test_a_claim_is_given_back,
    test_a_held_up_task_holds_up_nobody_else,
)
from checks.step_05.settings import (
    test_the_cache_is_shared,
    test_the_interval_follows_the_environment,
    test_the_worker_knows_the_task,
)
from checks.step_05.upheaval import (
    test_a_killed_run_frees_its_claim,
    test_a_run_outlives_a_restart_of_redis,
)
from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)

__all__ = [
    "test_a_browser_shows_the_run",
    "test_a_call_by_hand_reaches_the_page",
    "test_a_claim_is_given_back",
    "test_a_held_up_task_holds_up_nobody_else",
    "test_a_killed_run_frees_its_claim",
    "test_a_late_visitor_is_told",
    "test_a_run_keeps_the_interval",
    "test_a_run_outlives_a_restart_of_redis",
    "test_all_share_one_run",
    "test_django_loads_your_project",
    "test_five_visitors_see_the_run",
    "test_five_visitors_stay_connected",
    "test_no_migration_is_missing",
    "test_other_tasks_end_well",
    "test_the_cache_is_shared",
    "test_the_interval_follows_the_environment",
    "test_the_processes_start",
    "test_the_worker_knows_the_task",
    "test_the_worker_logs_no_error",
]
