"""Whoever can write to Redis runs no code in the web process: step 05's cache holds text alone."""

import pickle
from pathlib import Path

import redis

from tests.support.examples import example_project
from workbook.redis_server.server import private_redis

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


def test_a_strangers_pickle_is_refused_and_a_status_is_read(tmp_path: Path):
    trace = tmp_path / "trace"
    with private_redis() as server, redis.Redis.from_url(server.url) as client:
        project = example_project(tmp_path / "project", redis_url=server.url)
        client.set(":1:a-strangers", pickle.dumps(Deed(trace)))
        assert project.says(LOOK).split() == ["RUNNING", "refused"]
    assert not trace.exists()
