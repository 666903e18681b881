"""Messages in Redis that no task of ours wrote: the worker says a word about each, and goes on.

Celery 5.7 goes on only where it can open the envelope that kombu puts around a message. What is no
such envelope (`LPUSH celery hello`), or one with a body that is no base64 or no list of three, ends
its worker with "Unrecoverable error": whoever may write to the broker may do that, so nobody else
must (see test_the_broker_is_private.py).
"""

import base64
import json
import pickle
import uuid
from dataclasses import dataclass
from pathlib import Path

import celery
import pytest
import redis

from tests.support.snapshots import SnapshotRun
from tests.support.tool_process import wait_until

QUEUE, TASK = "celery", "status.tasks.send_status"
BODY = b"[[], {}, {}]"


def envelope(
    body: bytes = BODY, content_type: str = "application/json", **headers: str | None
) -> str:
    """Return a message as kombu writes it (Celery's protocol 2), with these headers of a task."""
    task_id = str(uuid.uuid4())
    known = {"lang": "py", "task": TASK, "id": task_id, "root_id": task_id, "parent_id": None}
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-type": content_type,
            "content-encoding": "utf-8",
            "headers": known | headers,
            "properties": {
                "correlation_id": task_id,
                "delivery_info": {"exchange": "", "routing_key": QUEUE},
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )


@dataclass(frozen=True)
class Touch:
    """Makes a file when it is unpickled."""

    path: Path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return open, (str(self.path), "w")


BAD = {
    "YAML": (envelope(b"a: b", "application/x-yaml"), "Refusing to deserialize untrusted content"),
    "an unknown content type": (envelope(b"x", "text/x"), "Refusing to deserialize untrusted"),
    "JSON that ends too early": (envelope(b"{no"), "Can't decode message body"),
    "JSON without an end of brackets": (envelope(b"[" * 50_000), "Can't decode message body"),
    "an unknown task": (envelope(task="no.such"), "Received unregistered task of type 'no.such'"),
    "HTML for a task": (envelope(task="<b>"), "Received unregistered task of type '<b>'"),
    "an odd time to begin": (envelope(eta="tomorrow"), "Received invalid task message"),
    "arguments that do not fit": (envelope(b"[[1, 2, 3], {}, {}]"), "raised unexpected: TypeError"),
}


def push(run: SnapshotRun, message: str, words: str) -> None:
    """Put a message into the queue, and wait until the worker has said `words` about it."""
    before = len(run.tool.text)
    with redis.Redis.from_url(run.redis_url) as client:
        client.lpush(QUEUE, message)
    wait_until(lambda: words in run.tool.text[before:], 20, lambda: run.tool.text[before:])


def require_the_worker_goes_on(run: SnapshotRun) -> None:
    """Assert that it answers, and that nothing bad is left to be delivered once more."""
    with celery.Celery(broker=run.redis_url, set_as_current=False) as app:
        assert app.control.inspect(timeout=10, limit=1).ping()
    with redis.Redis.from_url(run.redis_url) as client:
        wait_until(lambda: client.llen(QUEUE) + client.hlen("unacked") == 0, 20)


@pytest.mark.parametrize("name", BAD)
def test_the_worker_names_a_bad_message_and_goes_on(served: SnapshotRun, name: str) -> None:
    push(served, *BAD[name])
    require_the_worker_goes_on(served)


def test_a_pickle_is_refused_before_it_does_anything(served: SnapshotRun, tmp_path: Path) -> None:
    made = tmp_path / "made by a message"
    message = envelope(pickle.dumps([[Touch(made)], {}, {}]), "application/x-python-serialize")
    push(served, message, "Refusing to deserialize untrusted content of type pickle")
    require_the_worker_goes_on(served)
    assert not made.exists()
