"""The queues of a project's broker."""

from __future__ import annotations

from checks.harness.project import Project


def waiting(project: Project, queue: str) -> int:
    """Return how many messages wait in a queue."""
    with project.app.connection_for_read() as connection:
        try:
            found = connection.default_channel.queue_declare(queue, passive=True)
        except connection.channel_errors:
            return 0  # there is no such queue yet
        return int(found.message_count)
