"""Options and markers for all tests."""

import asyncio
import inspect
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.versions import LEFT_OUT
from tests.support.built_site import build_once
from tests.support.skip_markers import FINDERS, require, require_what_it_needs
from tests.support.workbook_copy import SmallWorkbook, make_small_workbook
from workbook.browser import CHOSEN, browser, find_chromium

# Whether the short round under Wine belongs to an ordinary run: it takes a few minutes.
WINDOWS_BY_DEFAULT = True

# The same Chromium without the parts that draw its windows: opening a page takes a fifth of the
# processor time. A replay's reader has not got it: what they type looks through the whole one.
HEADLESS_SHELL = "chromium-headless-shell"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--all`: the long rounds too, and `--windows`: those on Windows."""
    parser.addoption("--all", action="store_true", help="run the tests marked long as well")
    parser.addoption("--windows", action="store_true", help="run the tests marked windows as well")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and signals audible for what the tests start."""
    # What runs in the background may have been started with these ignored, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if shell := shutil.which(HEADLESS_SHELL):
        os.environ.setdefault(CHOSEN, shell)
    config.addinivalue_line("markers", "long: a long round, left out unless --all is given")
    config.addinivalue_line("markers", "windows: on Windows, under Wine where this is none")
    config.addinivalue_line("markers", "alone: holds a time, and runs at the end with none beside")
    config.addinivalue_line("markers", "takes_long(reason): why it takes more than twenty seconds")
    for name, (_, what) in FINDERS.items():
        config.addinivalue_line("markers", f"{name}: needs {what}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, or fail where nothing may be skipped."""
    require_what_it_needs(item)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Let a test be a coroutine: it runs in an event loop of its own."""
    test = pyfuncitem.obj
    if inspect.iscoroutinefunction(test):
        pyfuncitem.obj = lambda **fixtures: asyncio.run(test(**fixtures))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long rounds out of an ordinary run; pytest's summary counts them as deselected."""
    everything = config.getoption("--all")
    unwanted = [] if everything else ["long"]
    if not (everything or config.getoption("--windows") or WINDOWS_BY_DEFAULT):
        unwanted.append("windows")
    left_out = [item for item in items if any(map(item.get_closest_marker, unwanted))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which rounds could not be made on this machine: nobody shall take them for proven."""
    reports = [one for reports in terminalreporter.stats.values() for one in reports]
    told = [pair for one in reports for pair in getattr(one, "user_properties", ())]
    for reason in sorted({str(value) for name, value in told if name == LEFT_OUT}):
        terminalreporter.write_line(f"Left out: {reason}.")


@pytest.fixture
def small(tmp_path: Path) -> SmallWorkbook:
    """Return a small workbook of the test's own."""
    return make_small_workbook(tmp_path / "small workbook")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the guide's site, built strictly and once."""
    return build_once(tmp_path_factory)


# No longer than a module: two of them can't run in one process, nor can asyncio beside one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium, without a window; who asks for it is skipped where none is."""
    require("chromium")
    with browser(find_chromium()) as running:
        yield running
