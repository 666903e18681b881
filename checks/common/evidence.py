"""A ✗ with its cause, looked for in an answer, a websocket, the logs, or a waiting process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from checks.clients.http_client import Answer
from checks.harness.diagnosis.evidence import Evidence, of_page
from checks.harness.diagnosis.explain import explain
from checks.harness.probe_client import ProbeError
from checks.harness.project import Project
from checks.verdicts import NotYet

if TYPE_CHECKING:
    from checks.harness.instances import Instance

# How many lines before now may speak of the request that was just answered.
NEAR_LINES = 6
HUNG_SECONDS = 2


def explain_answer(
    not_yet: NotYet, project: Project, answer: Answer, server: str = "web"
) -> NotYet:
    """Return `not_yet` with what the answer, the server's log or its stack tells of the cause.

    `server` is the role of the process that answered.
    """
    # The cause says more than the title of Django's page.
    bare = replace(not_yet, seen=not_yet.seen.replace(f": “{answer.title}”", ""))
    told = explain(bare, *_evidence_of(project, answer, server))
    return not_yet if told is bare else told


def _evidence_of(project: Project, answer: Answer, server: str) -> Iterator[Evidence]:
    log = project.process(server).log.text()
    if answer.status >= 400:
        yield of_page(answer.text, project.folder, answer.path, log)
        near = log if answer.status >= 500 else "\n".join(log.splitlines()[-NEAR_LINES:])
        yield Evidence(near, project.folder)
    elif answer.problem:
        yield Evidence(answer.problem, project.folder)
        yield Evidence(hung_stack(project, "stack_of_request", answer.done), project.folder)


def explain_socket(not_yet: NotYet, project: Project, path: str, *, is_hung: bool) -> NotYet:
    """Return `not_yet` with what the web server said of a websocket, or with what it waits for."""
    evidence = [*logs_of(project, "web"), Evidence(not_yet.seen, project.folder)]
    if is_hung:
        stack = hung_stack(project, "stack_of_connect", f"WEBSOCKET {path}")
        evidence.append(Evidence(stack, project.folder))
    return explain(not_yet, *evidence)


def explain_logs(
    not_yet: NotYet, instance: Instance, *roles: str, since: dict[str, int] | None = None
) -> NotYet:
    """Return `not_yet` with what the processes of `roles` said, `since` a place in their logs."""
    return explain(not_yet, *logs_of(instance, *roles, since=since))


def logs_of(instance: Instance, *roles: str, since: dict[str, int] | None = None) -> list[Evidence]:
    """Return what the processes of `roles` said, from a place in each log on."""
    logs = {role: instance.process(role).log for role in roles}
    return [
        Evidence(
            "\n".join(log.since(since[role])) if since and role in since else log.text(),
            log.project,
        )
        for role, log in logs.items()
    ]


def hung_stack(project: Project, question: str, done: str) -> str:
    """Return the traceback of what does not come to an end, "" where it cannot be told.

    It is done once more in the probe: `done` is a method and a path, such as `GET /live/`.
    """
    method, _, path = done.partition(" ")
    asked = {"path": path, "host": urlsplit(project.url).netloc} | (
        {"method": method} if question == "stack_of_request" else {}
    )
    try:
        return str(project.ask(question, seconds=HUNG_SECONDS, **asked)["stack"])
    except ProbeError:
        return ""
