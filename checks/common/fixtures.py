"""The fixtures of the checks. Each step's conftest.py takes them over, so that each has its own."""

from collections.abc import Iterator

import pytest

from checks.harness.project import FROZEN, IDLE, Project, opened_project
from checks.target import Target, find_target, step_of


@pytest.fixture(scope="package")
def target(request: pytest.FixtureRequest) -> Target:
    """Return which project the step's checks look at."""
    return find_target(step_of(request.path), request.config.getoption("--target"))


@pytest.fixture(scope="package")
def project(request: pytest.FixtureRequest, target: Target) -> Iterator[Project]:
    """Return the learner's project, of which nothing has been started yet."""
    with opened_project(target, request.config.getoption("--roles")) as opened:
        yield opened


@pytest.fixture(scope="package")
def idle_web(project: Project) -> None:
    """Begin to start a page whose tasks no worker takes: what it sends is seen at its broker."""
    project.prepare_detached(IDLE)


@pytest.fixture(scope="package")
def frozen_web(project: Project) -> None:
    """Begin to start a page whose Redis answers nothing, and is down once it refuses."""
    project.prepare_detached(FROZEN)
