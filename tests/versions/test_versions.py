"""The workbook on the newest Python, for real: see rounds.py.

`workbook test --versions` tries every Python with each Django, and ends with 1 where one is red.
The one exception to “nothing is skipped”: where a Python can't be had at all (no root, no mirror
of Debian, no debootstrap), the next older one is taken, and the summary says so with the reason.
"""

import os
from collections.abc import Callable

import pytest

from benchmarks.versions import LEFT_OUT, RoundResult
from tests.support.skip_markers import NO_SKIPS
from tests.versions.grounds import NoGround, find_ground
from tests.versions.rounds import PYTHONS, Combination, make_rounds
from tests.versions.table import lines

Report = Callable[[str, object], None]


def newest_to_be_had(record_property: Report) -> Combination:
    """Return the combination with the newest Python that there is, and report newer ones."""
    for python in reversed(PYTHONS):
        try:
            find_ground(python)
        except NoGround as none:
            record_property(LEFT_OUT, f"Python {python}: {none}")
        else:
            return Combination(python)
    raise AssertionError("not even the Python that runs this was found")


def require(one: RoundResult) -> None:
    """Fail where a round did not end as it should."""
    told = "\n".join(lines(one))
    assert one.is_as_expected, told
    # A machine may lack a browser, but not the one on which nothing may be skipped.
    assert not os.environ.get(NO_SKIPS) or LEFT_OUT not in [
        proof.outcome for proof in one.proofs
    ], told


@pytest.mark.long
@pytest.mark.takes_long("another Python installs all packages before it checks")
def test_the_newest_python_sets_up_runs_step_05_and_passes_its_checks(record_property: Report):
    (one,) = make_rounds([newest_to_be_had(record_property)], in_full=False)
    require(one)
