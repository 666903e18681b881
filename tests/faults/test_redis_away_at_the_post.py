"""Fault 1: Redis refuses, or freezes, while somebody presses the button."""

from collections.abc import Iterator

import pytest

from checks.clients.http_client import Visitor, visiting
from checks.harness.project import Project
from tests.faults.running_project import post, running
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER
from workbook.redis_server.server import RedisServer

pytestmark = REDIS_SERVER

IN_WORDS = "can’t be reached"
# How it leaves and returns, by the figure's name.
AWAY = {
    "refused": (RedisServer.stop, RedisServer.start),
    "frozen": (RedisServer.pause, RedisServer.resume),
}
# Without the first a frozen Redis holds the page for 45 s; without the second the page is a 500.
CURES = (
    Edit(
        "config/settings.py",
        "CELERY_BROKER_TRANSPORT_OPTIONS = {'socket_connect_timeout': 2, 'socket_timeout': 5}\n"
        "CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 5\n"
        "CELERY_TASK_PUBLISH_RETRY_POLICY = {'max_retries': 0}\n",
        "",
    ),
    Edit("status/views.py", "except OperationalError:", "except ZeroDivisionError:"),
)


@pytest.fixture(scope="module", params=[2, "robust"], ids=["step 02", "robust"])
def step(request: pytest.FixtureRequest) -> Iterator[Project]:
    with running(request.param, CURES) as project:
        yield project


@pytest.fixture
def visitor(step: Project) -> Iterator[Visitor]:
    with visiting(step.url) as visitor:
        assert post(visitor).is_fine
        yield visitor


@pytest.mark.parametrize("how", AWAY)
def test_redis_that_is_away_is_said_in_time(
    step: Project, visitor: Visitor, how: str, figure: Figures
) -> None:
    leave, return_again = AWAY[how]
    leave(step.redis)
    try:
        answer = post(visitor)
    finally:
        return_again(step.redis)
    assert answer.status == 503, answer.seen
    assert IN_WORDS in answer.words
    figure(how, answer.seconds)
    assert post(visitor).is_fine


def test_redis_restarts_between_posts(step: Project, visitor: Visitor) -> None:
    step.redis.stop()
    step.redis.start()
    assert post(visitor).is_fine
