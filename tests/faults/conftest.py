"""The fixtures of the fault tests."""

from collections.abc import Iterator

import pytest

from checks.clients.http_client import Visitor, visiting
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.harness.project import Project
from tests.faults.running_project import running
from tests.faults.thresholds import Figures, require_within


@pytest.fixture
def figure() -> Figures:
    """Return what takes a figure's name and value, and holds it to its bound."""
    return require_within


@pytest.fixture(scope="module")
def step(request: pytest.FixtureRequest) -> Iterator[Project]:
    """Run the lesson robust with the EDITS of the module; its CURES are taken away if asked."""
    module = request.module
    with running("robust", getattr(module, "CURES", ()), getattr(module, "EDITS", ())) as project:
        yield project


@pytest.fixture
def visitor(step: Project) -> Iterator[Visitor]:
    """Visit the step."""
    with visiting(step.url) as visitor:
        yield visitor


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as sockets:
        yield sockets
