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

    put_off: list[Prefetch] = []

    @pytest.fixture(autouse=True)
    def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
        wanted = wanted_fixtures(request)
        due = [one for one in prefetches if request.function is one.beside and one.name in wanted]
        first = _asked_first(request)
        if first and is_before_the_rest(request):
            # The machine is for the check that is asked first, and for what that one reads.
            needed = first.fixturenames
            put_off.extend(one for one in due if one.name not in needed)
            begun = [one for one in prefetches if one.name in needed]
        else:
            begun, put_off[:] = [*put_off, *due], []
        # Whatever is wrong is told by the check that reads it.
        with contextlib.suppress(NotYet, CannotTell):
            for one in begun:
                if one.when(project):
                    request.getfixturevalue(one.name)

    return side_by_side


def is_before_the_rest(request: pytest.FixtureRequest) -> bool:
    """Tell whether a check that is asked first, see `--first`, is yet to come, or is this one."""
    items, first = request.session.items, _asked_first(request)
    # Of a fixture that checks share, its node would be their folder.
    return first is not None and items.index(request._pyfuncitem) <= items.index(first)


def _asked_first(request: pytest.FixtureRequest) -> pytest.Function | None:
    """Return the check that `--first` names, None where it names none."""
    id = request.config.getoption("--first", None)
    items = (item for item in request.session.items if item.nodeid == id)
    return next((item for item in items if isinstance(item, pytest.Function)), None)


def wanted_fixtures(request: pytest.FixtureRequest) -> set[str]:
    """Return the names of the fixtures that any check of this run asks for."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    return {name for item in items for name in item.fixturenames}
