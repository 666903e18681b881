"""What `Pipfile.lock` names, from which the environment is made."""

import json
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from workbook.paths import ROOT

PARTS = ("default", "develop")
PIPFILE = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))
NAMED = {
    canonicalize_name(name): one if isinstance(one, dict) else {"version": one}
    for part in ("packages", "dev-packages")
    for name, one in PIPFILE[part].items()
}
LOCK = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
PACKAGES = {canonicalize_name(name): one for part in PARTS for name, one in LOCK[part].items()}
# The oldest Python that the workbook takes, Debian 12's, which some packages ask more for, and the
# later ones; and what tells a system in a marker.
PYTHONS = ("3.11.0", "3.11.2", "3.11.9", "3.12.0", "3.13.0", "3.14.0", "3.15.0")
SYSTEMS = {
    "linux": {"platform_system": "Linux", "os_name": "posix"},
    "darwin": {"platform_system": "Darwin", "os_name": "posix"},
    "win32": {"platform_system": "Windows", "os_name": "nt"},
}


def test_the_lock_answers_the_pipfile() -> None:
    """Not by `pipenv verify`: its hash also covers the index that this machine's pip is told."""
    unanswered = {
        name
        for name, one in NAMED.items()
        if name not in PACKAGES
        or PACKAGES[name]["version"].removeprefix("==") not in SpecifierSet(one["version"])
        or one.get("markers", "") not in PACKAGES[name].get("markers", "")
    }
    assert unanswered == set()


def test_the_lock_has_nothing_that_nobody_asks_for() -> None:
    along = {canonicalize_name(one.name) for name in PACKAGES for one in asked_for(name)}
    assert PACKAGES.keys() - NAMED.keys() - along == set()


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert LOCK["_meta"]["sources"] == []
    assert "://" not in json.dumps(LOCK)
    assert "source" not in PIPFILE


def test_every_package_has_one_version_and_its_hashes() -> None:
    loose = {
        name
        for name, package in PACKAGES.items()
        if not package["version"].startswith("==") or not package["hashes"]
    }
    assert loose == set()


def test_what_windows_alone_needs_is_in_the_lock() -> None:
    assert "win32" in PACKAGES["twisted-iocpsupport"]["markers"]
    assert {"colorama", "tzdata"} <= PACKAGES.keys()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_lock_holds_what_a_package_asks_for(system: str, python: str) -> None:
    there = environment(system, python)
    missing = {
        f"{name} asks for {wanted}"
        for name in (name for name in PACKAGES if is_locked(name, there))
        for wanted in asked_for(name)
        if not wanted.marker or wanted.marker.evaluate(there)
        if not is_locked(canonicalize_name(wanted.name), there)
    }
    assert missing == set()


def environment(system: str, python: str) -> dict[str, str]:
    """Return what markers are told on that system with that Python."""
    version = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    return default_environment() | SYSTEMS[system] | version | {"sys_platform": system, "extra": ""}


def is_locked(name: str, there: dict[str, str]) -> bool:
    """Tell whether the lock installs a package there."""
    marker = PACKAGES.get(name, {}).get("markers")
    return name in PACKAGES and (not marker or Requirement(f"x; {marker}").marker.evaluate(there))


def asked_for(name: str) -> list[Requirement]:
    """Return what a package asks for; one that is not installed here can't be asked."""
    try:
        return [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return []
