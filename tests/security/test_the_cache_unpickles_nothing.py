"""Whoever can write to Redis runs no code in the web process: step 05's cache holds text alone."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.support.examples import example_project
from workbook.redis_server.server import RedisServer

LOOK = """
from django.core.cache import cache
cache.set('ours', 'RUNNING')
print(cache.get('ours'))
try:
    cache.get('a-strangers')
except ValueError:
    print('refused')
"""


class Deed:
    """Touches a file where it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.file,)


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis of the test's own."""
    server = RedisServer()
    server.start()
    yield server
    server.stop()


def test_a_strangers_pickle_is_refused_and_a_status_is_read(tmp_path: Path, server: RedisServer):
    project, trace = example_project(tmp_path / "project", redis_url=server.url), tmp_path / "trace"
    with redis.Redis.from_url(server.url) as client:
        client.set(":1:a-strangers", pickle.dumps(Deed(trace)))
    assert project.says(LOOK).split() == ["RUNNING", "refused"]
    assert not trace.exists()
