"""Step 04: the server speaks first.

The checks stand in modules of this folder, in the order in which they are told.
"""

from checks.step_04.opening import (
    test_runserver_opens_the_websocket,
    test_the_layer_reaches_every_process,
    test_the_live_page_opens_the_websocket,
)
from checks.step_04.pushing import (
    test_a_browser_shows_what_is_sent,
    test_a_message_reaches_every_page,
    test_what_is_sent_is_escaped,
    test_who_connects_is_sent_running,
)
from checks.step_04.refusing import (
    test_an_unknown_path_is_refused,
    test_another_site_is_refused,
)
from checks.step_04.staying import (
    test_a_silent_websocket_stays_open,
    test_any_server_can_load_the_application,
    test_who_leaves_is_no_member,
)
from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)

__all__ = [
    "test_a_browser_shows_what_is_sent",
    "test_a_message_reaches_every_page",
    "test_a_silent_websocket_stays_open",
    "test_an_unknown_path_is_refused",
    "test_another_site_is_refused",
    "test_any_server_can_load_the_application",
    "test_django_loads_your_project",
    "test_no_migration_is_missing",
    "test_runserver_opens_the_websocket",
    "test_the_layer_reaches_every_process",
    "test_the_live_page_opens_the_websocket",
    "test_the_processes_start",
    "test_what_is_sent_is_escaped",
    "test_who_connects_is_sent_running",
    "test_who_leaves_is_no_member",
]
