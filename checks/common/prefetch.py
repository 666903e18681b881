"""What takes long is begun early: beside a check that comes before those that read it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from checks.harness.project import Project
from checks.verdicts import CannotTell, NotYet


@dataclass(frozen=True)
class Prefetch:
    """Begin the fixture `name` beside the check `beside`, if `when` holds for the project.

    Nothing is begun where no check that is asked for reads it.
    """

    name: str
    beside: Callable[..., None]
    when: Callable[[Project], bool] = lambda project: True


def begin_early(*prefetches: Prefetch) -> Callable[..., None]:
    """Return the fixture that begins them, in this order, for a step's conftest.py."""

    @pytest.fixture(autouse=True)
    def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
        wanted = wanted_fixtures(request)
        # Whatever is wrong is told by the check that reads it.
        with contextlib.suppress(NotYet, CannotTell):
            for one in prefetches:
                if request.function is one.beside and one.name in wanted and one.when(project):
                    request.getfixturevalue(one.name)

    return side_by_side


def wanted_fixtures(request: pytest.FixtureRequest) -> set[str]:
    """Return the names of the fixtures that any check of this run asks for."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    return {name for item in items for name in item.fixturenames}
