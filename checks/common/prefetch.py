"""What takes long is begun early: beside a check that comes before those that read it."""

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
        if is_before_the_rest(request):
            # The machine is for the check that is asked first.
            put_off.extend(due)
            return
        begun, put_off[:] = [*put_off, *due], []
        # Whatever is wrong is told by the check that reads it.
        with contextlib.suppress(NotYet, CannotTell):
            for one in begun:
                if one.when(project):
                    request.getfixturevalue(one.name)

    return side_by_side


def is_before_the_rest(request: pytest.FixtureRequest) -> bool:
    """Tell whether a check that is asked first, see `--first`, is yet to come, or is this one."""
    first = request.config.getoption("--first", None)
    ids = [item.nodeid for item in request.session.items]
    # Of a fixture that checks share, its node would be their folder.
    return first in ids and ids.index(request._pyfuncitem.nodeid) <= ids.index(first)


def wanted_fixtures(request: pytest.FixtureRequest) -> set[str]:
    """Return the names of the fixtures that any check of this run asks for."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    return {name for item in items for name in item.fixturenames}
