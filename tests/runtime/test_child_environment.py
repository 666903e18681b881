"""What the processes of a run or of a check find in their environment."""

import pytest

from workbook.runtime.child_environment import environment_for

OURS = "redis://127.0.0.1:7000"


@pytest.mark.parametrize(
    "name",
    [
        *("BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE", "APP", "SKIP_CHECKS"),
        *("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"),
        *("CELERY_RESULT_BACKEND", "CELERY_LOADER", "CELERY_CONFIG_MODULE", "CELERY_BROKER"),
        *("CELERY_WORKER_QUEUES", "CELERY_BEAT_SCHEDULER"),
    ],
)
def test_a_variable_that_celery_reads_by_itself_is_not_handed_on(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "another project's")
    assert name not in environment_for(OURS)


def test_the_address_of_the_run_wins_over_the_one_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CELERY_BROKER_REDIS_URL", "redis://elsewhere:6379")
    assert environment_for(OURS)["CELERY_BROKER_REDIS_URL"] == OURS


def test_what_a_project_may_read_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUS_INTERVAL", "1")
    assert environment_for(OURS)["STATUS_INTERVAL"] == "1"
