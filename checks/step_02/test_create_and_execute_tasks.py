"""Step 02: ask now, work later.

The checks stand in modules of this folder, told in the order of the imports.
"""

from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)

# isort: split
from checks.step_02.asking import test_the_worker_knows_the_task

# isort: split
from checks.step_02.asking import test_the_start_page_has_the_form
from checks.step_02.sending import (
    test_the_page_answers_at_once,
    test_the_result_carries_the_tasks_name,
    test_the_result_is_stored,
    test_the_task_prints,
)

# isort: split
from checks.step_02.refusing import (
    test_a_frozen_broker_is_said,
    test_a_get_sends_no_task,
    test_a_post_without_a_token_is_refused,
    test_a_refused_broker_is_said,
)

__all__ = [
    "test_a_frozen_broker_is_said",
    "test_a_get_sends_no_task",
    "test_a_post_without_a_token_is_refused",
    "test_a_refused_broker_is_said",
    "test_django_loads_your_project",
    "test_no_migration_is_missing",
    "test_the_page_answers_at_once",
    "test_the_processes_start",
    "test_the_result_carries_the_tasks_name",
    "test_the_result_is_stored",
    "test_the_start_page_has_the_form",
    "test_the_task_prints",
    "test_the_worker_knows_the_task",
]
