"""What the environment is made from."""

import json
import subprocess
import sys
import tomllib

from workbook.places import ROOT

LOCK = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
PACKAGES = {**LOCK["default"], **LOCK["develop"]}


def test_pipenv_takes_the_lock_for_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipenv", "verify"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert LOCK["_meta"]["sources"] == []
    assert "://" not in json.dumps(LOCK)
    assert "source" not in tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))


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
