"""Settings that a good engineer changes, alone and together: every check of every step holds."""

from pathlib import Path

import pytest

from tests.support.edited_projects import MODULES, Step, checks_on, edited_copy
from tests.support.plain_settings import (
    LAST_STEP,
    SINGLES,
    TOGETHER,
    Variant,
    all_together,
    sets_of,
)

# What really breaks a step, and the setting that its words must name.
BREAKS = {
    ("robust", "no_time_zones"): "config/settings.py, USE_TZ",
    ("robust", "database_in_a_folder_of_its_own"): "ATOMIC_REQUESTS begins a transaction",
    ("robust", "sessions_in_a_cache_of_the_database"): "config/settings.py, SESSION_ENGINE",
    (3, "sessions_in_redis"): "config/settings.py, SESSION_ENGINE",
}


def broken_by(step: Step) -> set[str]:
    """Return the names of the settings that really break a step."""
    return {name for broken, name in BREAKS if broken == step}


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
@pytest.mark.parametrize(
    ("step", "settings"),
    [
        pytest.param(step, settings, id=f"{step}-set-{number}")
        for step in MODULES
        for number, settings in enumerate(sets_of(step, broken_by(step)), 1)
    ],
)
def test_one_of_each_group(step: Step, settings: Variant, tmp_path: Path) -> None:
    _require_all_hold(step, settings, tmp_path)


@pytest.mark.parametrize("step", MODULES)
def test_each_that_does_not_break_a_step_is_in_a_set_of_it(step: Step) -> None:
    tried = {name for one in sets_of(step, broken_by(step)) for name in str(one).split(", ")}
    assert tried == {str(one) for one in SINGLES} - broken_by(step)


@pytest.mark.long
@pytest.mark.parametrize("single", SINGLES, ids=str)
def test_each_alone(single: Variant, tmp_path: Path) -> None:
    _require_all_hold(LAST_STEP, single, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("step", "name"), BREAKS)
def test_what_breaks_a_step_is_named(step: Step, name: str, tmp_path: Path) -> None:
    single = next(one for one in SINGLES if str(one) == name)
    said = checks_on(step, edited_copy(step, single.edits, tmp_path))
    assert said.code == 1, said.text
    assert BREAKS[step, name] in said.text


def _require_all_hold(step: int, variant: Variant, folder: Path) -> None:
    said = checks_on(step, edited_copy(step, variant.edits, folder))
    assert said.code == 0, f"{variant}\n{said.text}"
