"""Settings that a good engineer changes, alone and together: every check of every step holds."""

from pathlib import Path

import pytest

from tests.support.edited_projects import MODULES, Step, checks_on, edited_copy
from tests.support.plain_settings import SINGLES, TOGETHER, Variant, all_together, pairs

# What really breaks a step, and the setting that its words must name.
BREAKS = {
    ("robust", "no_time_zones"): "config/settings.py, USE_TZ",
    ("robust", "database_in_a_folder_of_its_own"): "ATOMIC_REQUESTS begins a transaction",
    ("robust", "sessions_in_a_cache_of_the_database"): "config/settings.py, SESSION_ENGINE",
    (3, "sessions_in_redis"): "config/settings.py, SESSION_ENGINE",
}


# In every run a variant of each later step has them too: see test_variants_step_02 and so on.
IN_EVERY_RUN = (1,)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(step, marks=[] if step in IN_EVERY_RUN else pytest.mark.long)
        for step in TOGETHER
    ],
)
def test_all_together(step: int, tmp_path: Path) -> None:
    _require_all_hold(step, all_together(step), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("step", MODULES)
@pytest.mark.parametrize("single", SINGLES, ids=str)
def test_each_alone(step: Step, single: Variant, tmp_path: Path) -> None:
    if not (named := BREAKS.get((step, str(single)))):
        _require_all_hold(step, single, tmp_path)
        return
    said = checks_on(step, edited_copy(step, single.edits, tmp_path))
    assert said.code == 1, said.text
    assert named in said.text


@pytest.mark.long
@pytest.mark.parametrize(("step", "pair"), list(pairs()), ids=str)
def test_two_together(step: int, pair: Variant, tmp_path: Path) -> None:
    _require_all_hold(step, pair, tmp_path)


def _require_all_hold(step: int, variant: Variant, folder: Path) -> None:
    said = checks_on(step, edited_copy(step, variant.edits, folder))
    assert said.code == 0, said.text
