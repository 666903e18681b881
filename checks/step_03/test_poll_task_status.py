"""Step 03: the browser asks until it is done.

The checks stand in modules of this folder, told in the order of the imports.
"""

from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)

# isort: split
from checks.step_03.asking import (
    test_a_post_is_accepted,
    test_the_button_asks_by_htmx,
    test_the_fragment_asks_for_the_status,
    test_the_page_brings_htmx,
)

# isort: split
from checks.step_03.answering import (
    test_a_broker_that_is_away_is_said,
    test_a_strangers_task_is_unknown,
    test_every_state_is_said,
)
from checks.step_03.progress import (
    test_a_failure_is_said,
    test_started_is_tracked,
    test_the_asking_ends,
    test_the_bar_moves,
    test_the_task_takes_its_time,
)
from checks.step_03.watching import (
    test_a_404_ends_the_asking_in_a_browser,
    test_a_503_is_seen_in_a_browser,
    test_a_click_leads_to_the_end_in_a_browser,
    test_silence_is_asked_about,
)

__all__ = [
    "test_a_404_ends_the_asking_in_a_browser",
    "test_a_503_is_seen_in_a_browser",
    "test_a_broker_that_is_away_is_said",
    "test_a_click_leads_to_the_end_in_a_browser",
    "test_a_failure_is_said",
    "test_a_post_is_accepted",
    "test_a_strangers_task_is_unknown",
    "test_django_loads_your_project",
    "test_every_state_is_said",
    "test_no_migration_is_missing",
    "test_silence_is_asked_about",
    "test_started_is_tracked",
    "test_the_asking_ends",
    "test_the_bar_moves",
    "test_the_button_asks_by_htmx",
    "test_the_fragment_asks_for_the_status",
    "test_the_page_brings_htmx",
    "test_the_processes_start",
    "test_the_task_takes_its_time",
]
