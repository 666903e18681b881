"""The queues of a project's broker."""

import redis

from checks.harness.project import IDLE, Project
from checks.pace import patience


def waiting(project: Project, queue: str) -> int:
    """Return how many messages wait in a queue."""
    with project.app.connection_for_read() as connection:
        # Not `passive`: Kombu asks whether the queue is there without the project's key prefix.
        # In Redis a queue that is declared leaves nothing, and a message makes its key.
        return int(connection.default_channel.queue_declare(queue).message_count)


def unheard(project: Project, task: str) -> int:
    """Return how many messages for a task the IDLE web process has sent, to whichever queue."""
    with redis.Redis.from_url(project.broker(IDLE), socket_timeout=patience(5)) as client:
        queues = [client.lrange(name, 0, -1) for name in client.scan_iter(_type="list")]
    return sum(f'"{task}"'.encode() in message for queue in queues for message in queue)
