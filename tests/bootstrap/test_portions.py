"""What the first call installs is enough for a learner; the rest comes when it is needed."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.bootstrap.test_pipfile_lock import (
    LOCK,
    PACKAGES,
    PYTHONS,
    SYSTEMS,
    asked_for,
    environment,
    is_locked,
)
from workbook.bootstrap.portions import (
    BASE,
    BROWSER,
    BROWSER_PACKAGES,
    DEVELOPMENT,
    DEVELOPMENT_PACKAGES,
    portion_of,
    wanted_by,
)
from workbook.commands.check import looks_through_a_browser
from workbook.paths import ROOT

# What a learner's verbs ask for beyond the project's own packages.
ROOTS = {
    *("beautifulsoup4", "fakeredis", "honcho", "httpx", "mkdocs-material", "psutil"),
    *("pymdown-extensions", "pytest", "watchfiles", "websockets", "colorama"),
    *("starlette", "twisted-iocpsupport", "uv", "uvicorn"),
}
LEARNERS_CODE = [
    path
    for folder in ("workbook", "checks", "docs_ext", "steps")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_first_portion_asks_for_nothing_of_the_others(system: str, python: str) -> None:
    there = environment(system, python)
    outside = {
        f"{name} asks for {wanted.name}"
        for name in PACKAGES
        if portion_of(name) == BASE and is_locked(name, there)
        for wanted in asked_for(name)
        if not wanted.marker or wanted.marker.evaluate(there)
        if portion_of(canonicalize_name(wanted.name)) != BASE
    }
    assert outside == set()


def test_the_browsers_portion_asks_for_nothing_of_the_last() -> None:
    asked = {canonicalize_name(one.name) for name in BROWSER_PACKAGES for one in asked_for(name)}
    assert asked & DEVELOPMENT_PACKAGES == set()


def test_the_first_portion_holds_nothing_that_a_learner_has_no_use_for() -> None:
    reached, waiting = set(), {*map(canonicalize_name, LOCK["default"]), *ROOTS}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        asked = {canonicalize_name(one.name) for one in asked_for(name)}
        waiting |= (asked & PACKAGES.keys()) - reached
    assert {name for name in PACKAGES if portion_of(name) == BASE} <= reached


def test_the_later_portions_name_packages_of_the_lock() -> None:
    assert PACKAGES.keys() >= DEVELOPMENT_PACKAGES | BROWSER_PACKAGES
    assert not DEVELOPMENT_PACKAGES & BROWSER_PACKAGES
    assert not (DEVELOPMENT_PACKAGES | BROWSER_PACKAGES) & LOCK["default"].keys()


def test_what_a_learner_runs_imports_nothing_of_the_last_portion() -> None:
    imported = {
        (str(path.relative_to(ROOT)), name)
        for path in LEARNERS_CODE
        for name in imports_of(path)
        if not (ROOT / name).is_dir()  # some library brings a folder `benchmarks` as well
    }
    packages = packages_distributions()
    later = {
        (path, name)
        for path, name in imported
        for package in packages.get(name, [])
        if portion_of(canonicalize_name(package)) == DEVELOPMENT
    }
    assert later == set()


def test_the_browsers_driver_is_imported_by_those_alone_who_were_told_it_is_there() -> None:
    eager = {
        str(path.relative_to(ROOT))
        for path in LEARNERS_CODE
        if "playwright" in imports_of(path, at_start=True)
    }
    # All are imported by fixtures, once `find_browser` has found one and its driver.
    assert eager == {
        "checks/step_03/browser_session.py",
        "checks/robust/silent_network.py",
        "checks/clients/browser.py",
    }


def imports_of(path: Path, at_start: bool = False) -> set[str]:
    """Return the top names that a module imports, anywhere or when it is imported itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_start else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def test_each_verb_waits_for_its_portions_alone() -> None:
    assert wanted_by([]) == wanted_by(["run", "05"]) == wanted_by(["check"]) == {BASE}
    assert wanted_by(["test", "-x"]) == wanted_by(["bench"]) == {BASE, BROWSER, DEVELOPMENT}


def test_the_steps_that_look_through_a_browser_are_known() -> None:
    checks = sorted((ROOT / "checks").glob("step_*"))
    assert [folder.name for folder in checks if looks_through_a_browser(folder)] == [
        "step_03",
        "step_04",
        "step_05",
    ]
