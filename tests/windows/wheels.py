"""The lock's packages for Windows, fetched on this machine: a folder that uv.exe installs from."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.markers import Marker

from tests.support.commands import run_command
from tests.versions.debian import cache_folder, made_once
from workbook.bootstrap.package_sources import requirement
from workbook.bootstrap.portions import BASE, portion_of
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_tree import last_lines

PLATFORM = "win_amd64"
DOWNLOAD_SECONDS = 600
# uv is what installs the others; these portions are what the rounds need.
INSTALLER, PORTIONS = "uv", frozenset([BASE])


def wheels(python: str) -> Path:
    """Return the folder with a wheel of each package of the lock, for Python `python` (`3.13`).

    They are downloaded now if the lock has changed, their hashes checked against it. Raises
    WorkbookError where they can't be had.
    """
    text = "".join(requirements(python))
    key = f"{PLATFORM} {python}\n{text}"
    return made_once(cache_folder() / "wheels", key, lambda target: _fetch(python, text, target))


def requirements(python: str) -> Iterator[str]:
    """Yield the lines of a requirements file: what the lock names for Windows, with hashes.

    Their markers are settled here: pip asks them of the system that it runs on.
    """
    lock = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    packages: Mapping[str, dict[str, object]] = lock["default"] | lock["develop"]
    for name, entry in sorted(packages.items()):
        wanted = name == INSTALLER or portion_of(name) in PORTIONS
        marker = entry.get("markers")
        if wanted and (not marker or Marker(str(marker)).evaluate(windows_environment(python))):
            yield requirement(name, {**entry, "markers": ""})


def windows_environment(python: str) -> dict[str, str]:
    """Return what markers ask for, as a 64-bit CPython for Windows would answer."""
    return {
        "implementation_name": "cpython",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_system": "Windows",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "win32",
    }


def download(target: Path, lines: str, *options: str) -> None:
    """Download what the lines of a requirements file name into `target`; check every hash.

    Raises WorkbookError with pip's last lines where that fails.
    """
    target.mkdir()
    file = target / "requirements.txt"
    file.write_text(lines, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--dest", str(target), *options, "-r", str(file)]
    try:
        done = run_command(
            command,
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            stderr=subprocess.STDOUT,
            timeout=DOWNLOAD_SECONDS,
        )
    except subprocess.TimeoutExpired as slow:
        raise WorkbookError(f"pip did not end within {DOWNLOAD_SECONDS} seconds.") from slow
    if done.returncode:
        raise WorkbookError(f"Packages could not be downloaded:\n{last_lines(done.stdout)}")


def _fetch(python: str, lines: str, target: Path) -> None:
    print("Downloading the lock's packages for Windows: once for each lock.", flush=True)
    options = ["--only-binary=:all:", "--platform", PLATFORM, "--python-version", python]
    download(target, lines, *options, "--implementation", "cp")
