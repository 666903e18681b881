"""What is counted while pip installs, whatever pip does to the folder meanwhile."""

import time
from pathlib import Path
from threading import Event, Thread

import pytest

from workbook.bootstrap.install import names_in_place


@pytest.fixture(params=["lib/python3.12/site-packages", "Lib/site-packages"])
def packages(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An environment's folder of packages, as Linux and macOS or as Windows name it."""
    folder = tmp_path / request.param
    for name in ("Django-5.2.dist-info", "typing_extensions-4.15.0.dist-info", "django/forms"):
        (folder / name).mkdir(parents=True)
    return folder


def replace_over_and_over(packages: Path, stop: Event) -> None:
    """Move folders away and back, as pip does with a package that it replaces."""
    inner = [packages / f"virtualenv/part{number}/inner" for number in range(20)]
    for folder in inner:
        folder.mkdir(parents=True)
    here, away = packages / "virtualenv", packages / "~irtualenv"
    while not stop.is_set():
        here.rename(away)
        away.rename(here)


def test_packages_in_place_are_named_as_the_lock_names_them(packages: Path, tmp_path: Path):
    assert names_in_place(tmp_path) == {"django", "typing-extensions"}


def test_an_environment_that_holds_nothing_yet_counts_nothing(tmp_path: Path):
    assert names_in_place(tmp_path) == set()


def test_a_package_that_pip_moves_away_does_not_end_the_count(packages: Path, tmp_path: Path):
    stop = Event()
    pip = Thread(target=replace_over_and_over, args=(packages, stop))
    pip.start()
    try:
        ends = time.monotonic() + 1
        while time.monotonic() < ends:
            assert names_in_place(tmp_path) == {"django", "typing-extensions"}
    finally:
        stop.set()
        pip.join(timeout=10)
