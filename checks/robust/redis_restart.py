"""A Redis that is restarted during a run: a twin's, seen by a page that is open there."""

from checks.clients.websocket_client import PageAgain, Sockets
from checks.common.project_files import TASKS
from checks.common.twin_page import page_amid_a_run
from checks.harness.instances import Twin
from checks.harness.project import INTERVAL_SECONDS
from checks.pace import patience
from checks.verdicts import NotYet

# Redis is down for longer than an interval, so that a status falls into that time.
DOWN_SECONDS, BACK_SECONDS = 1.3 * INTERVAL_SECONDS, patience(15)


def restart_redis(twin: Twin, sockets: Sockets) -> NotYet | None:
    """Restart Redis during a run; return what is wrong if the page is sent nothing after that.

    Raises NotYet where no run begins at all.
    """
    twin.wait()
    page = page_amid_a_run(twin, sockets)
    again = PageAgain(sockets, twin.url, page)
    twin.restart_redis(DOWN_SECONDS)
    if again.is_told(BACK_SECONDS):
        return None
    return NotYet(
        done=f"stopped Redis for {DOWN_SECONDS:g} s while a run went on, with a page open",
        seen=f"no status within {BACK_SECONDS:g} s of its return; {again.seen}",
        expected="a status: the run goes on, or the page, connected again, gets another one",
        look_at=f"{TASKS}, send_status_periodically: what if sending one status raises?",
        guide="robust, A Redis that restarts during a run",
        words=twin.process("worker").log.tail(),
    )
