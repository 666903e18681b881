"""Step 03's exercise: cancel a task that still waits."""

from checks.clients.dom import forms_in
from checks.clients.htmx import has_trigger
from checks.clients.http_client import Answer, visiting
from checks.common.sent_task import PATH, Sent, sending
from checks.harness.project import Project
from checks.step_03 import test_poll_task_status as step
from checks.verdicts import Open, exercise

END_SECONDS = 10
VIEWS, TEMPLATE = "status/views.py", "the fragment’s template"


@exercise(
    "cancel a task that still waits",
    after=(step.test_the_fragment_polls_for_the_status,),
    left_out=True,
)
def test_your_turn(project: Project, sent: Sent) -> None:
    # Without a token Django asks for one before it asks the view, and after it asks the URLs.
    untokened = sent.visitor.post_without_token(_cancel(sent))
    if untokened.status == 404:
        raise Open(f"Nothing answers a POST to {PATH}<the task’s id>/cancel/ yet: status 404.")
    if untokened.status != 403:
        raise Open(
            f"A POST without a CSRF token gets {untokened.seen}, not 403: a foreign page could "
            "cancel. What turned Django’s protection off?"
        )
    # No worker runs, and a revoke reaches only those that do: Cancel must store something.
    project.process("worker").kill()
    with sending(project.url) as kept, sending(project.url) as gone:
        _try_what_must_not_cancel(kept)
        _require_button(gone)
        answer = gone.visitor.post(_cancel(gone), htmx=True)
        if not answer.is_fine:
            raise Open(
                f"The owner’s POST to …/cancel/ gets {answer.seen}. "
                f"{VIEWS}: what does the new view answer?"
            )
        project.restart("worker")
        _require_end(project, kept, gone)


def _cancel(sent: Sent) -> str:
    return f"{PATH}{sent.task_id}/cancel/"


def _try_what_must_not_cancel(kept: Sent) -> None:
    """Ask as a link would, and as a stranger. Whether it had an effect shows later."""
    got = kept.visitor.get(_cancel(kept), htmx=True)
    if got.is_fine:
        raise Open(
            f"A GET of …/cancel/ gets {got.seen}: a link or a preview would cancel. "
            f"{VIEWS}: for which method is the view?"
        )
    with visiting(kept.url) as stranger:
        stranger.get("/")
        answer = stranger.post(_cancel(kept), htmx=True)
    if answer.status != 404:
        raise Open(
            f"A stranger’s POST to …/cancel/ gets {answer.seen}, not 404. "
            f"{VIEWS}: how does task_status know whose task it is?"
        )


def _require_button(gone: Sent) -> None:
    fragment = gone.visitor.get(f"{PATH}{gone.task_id}/", htmx=True)
    posting = [one for one in forms_in(fragment.text, fragment.url) if one.address == _cancel(gone)]
    if not any(one.method == "post" for one in posting):
        raise Open(
            "The address answers, but the fragment of a task that waits has no button which posts "
            f"there. {TEMPLATE}: what does it show while the state is PENDING?"
        )
    if not any(one.has_token for one in posting):
        raise Open(f"The button sends no CSRF token: Django would refuse it. {TEMPLATE}: add it.")


def _require_end(project: Project, kept: Sent, gone: Sent) -> None:
    """Wait until a worker has taken both tasks, and look at what became of them."""
    project.result(gone.task_id, END_SECONDS)
    rows = project.ask("results", ids=[kept.task_id, gone.task_id])["rows"]
    states = {row["task_id"]: row["status"] for row in rows}
    if states.get(kept.task_id) == "REVOKED":
        raise Open("A task was revoked by a GET, or by a stranger whose answer was 404.")
    if states.get(gone.task_id) != "REVOKED":
        raise Open(
            "Cancel was pressed while no worker ran; then one was started, and the task is "
            f"{states.get(gone.task_id, 'PENDING')}. revoke() speaks to the workers that run. "
            "Where does Cancel leave a note for one that comes later, and who reads it?"
        )
    answer: Answer = gone.visitor.get(f"{PATH}{gone.task_id}/", htmx=True)
    if not answer.is_fine or has_trigger(answer):
        raise Open(f"The task is REVOKED, and the page goes on polling: {answer.seen}.")
