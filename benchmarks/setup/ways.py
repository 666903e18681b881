"""The two ways from a fresh clone to a page: today's, and the former one as the reference.

Both start from nothing: a home and caches of their own, and pip's sources in the network alone.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.bootstrap.environment import python_of
from workbook.bootstrap.package_sources import pip_options
from workbook.paths import ENVIRONMENT
from workbook.runtime.child_environment import MARK

STEP = "05"
# What a learner told pip and what counts here as well: where to fetch from, and how to reach it.
SOURCES = (
    *("index-url", "extra-index-url", "cert", "client-cert", "trusted-host"),
    *("timeout", "retries"),
)
# These could bring something from elsewhere, or into another place.
DROPPED = ("PIP_", "UV_", "PIPENV_", "PYTHON", "DJANGO_", "CELERY_", "XDG_")
CALL = """\
import sys
sys.path.insert(0, {root!r})
from workbook.cli import main
sys.exit(main({words!r}))
"""


@dataclass(frozen=True)
class Clone:
    """A fresh clone in `root`, the variables of its processes, and the Python a learner has."""

    root: Path
    environment: Mapping[str, str]
    python: str


@dataclass(frozen=True)
class Way:
    """A way to set up: what comes before the first call of the tool, and that call.

    `has_bare_call` says whether the tool without a verb is what it was in this way.
    """

    name: str
    label: str
    installing: Callable[[Clone], list[list[str]]]
    call: Callable[[Clone, list[str]], list[str]]
    variables: Callable[[Clone], dict[str, str]]
    has_bare_call: bool


def _call_today(clone: Clone, words: list[str]) -> list[str]:
    return [clone.python, "workbook", *words]


TODAY = Way("today", "Today", lambda _clone: [], _call_today, lambda _clone: {}, has_bare_call=True)


def _install_formerly(clone: Clone) -> list[list[str]]:
    lock = json.loads((clone.root / "Pipfile.lock").read_text(encoding="utf-8"))
    inside = str(python_of(clone.root / ".venv"))
    return [
        [clone.python, "-m", "venv", "--prompt", "workbook", str(clone.root / ".venv")],
        [inside, "-m", "pip", "install", f"pipenv{lock['develop']['pipenv']['version']}"],
        [inside, "-m", "pipenv", "sync", "--dev", "--verbose"],
    ]


def _call_formerly(clone: Clone, words: list[str]) -> list[str]:
    code = CALL.format(root=str(clone.root), words=words)
    return [str(python_of(clone.root / ".venv")), "-P", "-c", code]


def _variables_formerly(clone: Clone) -> dict[str, str]:
    programs = str(python_of(clone.root / ".venv").parent)
    return {
        "VIRTUAL_ENV": str(clone.root / ".venv"),
        "PATH": os.pathsep.join([programs, clone.environment["PATH"]]),
        "PIPENV_PIPFILE": str(clone.root / "Pipfile"),
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_DONT_LOAD_ENV": "1",
        "PIPENV_NOSPIN": "1",
        "PIPENV_YES": "1",
        "PIP_NO_INPUT": "1",
    }


# What the tool's first call did before uv: an environment with pip, pipenv from the lock, and with
# it all that the lock names, for learning and for proving alike. The same `run` is started then,
# as it is today: what that has gained since is no part of the ratio. It is called without the few
# hundredths of a second in which the tool finds its environment. Both make the reference quicker.
FORMER = Way(
    "former",
    "Before: venv, pip and pipenv",
    _install_formerly,
    _call_formerly,
    _variables_formerly,
    has_bare_call=False,
)


def learners_environment(folder: Path, proxy_url: str, run_id: str) -> dict[str, str]:
    """Return the variables of a learner who has never set up anything.

    Home and caches are in `folder`, everything is fetched through the proxy, and
    the processes carry the mark `run_id`.
    """
    outside = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(DROPPED) and not name.upper().endswith("_PROXY")
    }
    outside.pop("VIRTUAL_ENV", None)
    own = {}
    for name, below in _OWN_FOLDERS.items():
        (folder / below).mkdir(parents=True, exist_ok=True)
        own[name] = str(folder / below)
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), proxy_url)
    here = "localhost,127.0.0.1,::1"
    return {
        **outside,
        **own,
        **proxies,
        **network_sources(),
        "NO_PROXY": here,
        "no_proxy": here,
        "PATH": _path_outside(os.environ.get("PATH", os.defpath)),
        MARK: run_id,
    }


_OWN_FOLDERS = {
    **dict.fromkeys(("HOME", "USERPROFILE"), "home"),
    **dict.fromkeys(("APPDATA", "XDG_CONFIG_HOME"), "home/config"),
    **dict.fromkeys(("LOCALAPPDATA", "XDG_DATA_HOME"), "home/data"),
    "XDG_CACHE_HOME": "caches",
    "PIP_CACHE_DIR": "caches/pip",
    "UV_CACHE_DIR": "caches/uv",
}


def _path_outside(path: str) -> str:
    """Return `path` without the programs of the environment that this very process runs in."""
    inside = python_of(ENVIRONMENT).parent
    return os.pathsep.join(part for part in path.split(os.pathsep) if Path(part) != inside)


def network_sources() -> dict[str, str]:
    """Return the variables that tell pip its sources as this person has them, less local folders.

    What is on the disk already would count for no fetching.
    """
    options = pip_options(Path(sys.prefix), os.environ)
    found = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for option in SOURCES:
        words = options.get(option, "").split()
        if option.endswith("index-url"):
            words = [word for word in words if word.startswith("https://")]
        if words:
            found[f"PIP_{option.replace('-', '_').upper()}"] = " ".join(words)
    return found


def base_python() -> str:
    """Return the Python that this environment was made with: what a learner has at the start."""
    return getattr(sys, "_base_executable", None) or sys.executable
