"""The queues of a project's broker."""

from __future__ import annotations

from checks.harness.project import Project


def waiting(project: Project, queue: str) -> int:
    """Return how many messages wait in a queue."""
    with project.app.connection_for_read() as connection:
        # Not `passive`: Kombu asks whether the queue is there without the project's key prefix.
        # In Redis a queue that is declared leaves nothing, and a message makes its key.
        return int(connection.default_channel.queue_declare(queue).message_count)
