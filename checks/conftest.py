"""Takes over the output of the checks: what they found and what to do next, not tracebacks."""

import re
import signal
from pathlib import Path

import pytest

from checks.target import find_target, missing_packages, step_of
from workbook.runtime.readable import keep_output_readable

if missing := missing_packages():
    # What reports, and the steps' own conftest files, import what is missing: say it before that.
    keep_output_readable()
    print(f"– {missing.what}\nNext: {missing.way_out}")
    raise SystemExit(2)

from checks.reporting import options
from checks.reporting.memory import Memory
from checks.reporting.outcomes import Outcomes
from checks.reporting.reporter import Reporter
from checks.reporting.verdict_lines import VerdictLines
from workbook.errors import WorkbookError
from workbook.paths import CHECKS
from workbook.runtime.signals import release_interrupts


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add `--target` where another pyproject.toml than the workbook's is in force."""
    if not pluginmanager.has_plugin(options.__name__):
        options.pytest_addoption(parser)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take over the reporting of a run that is about checks alone."""
    release_interrupts()  # `workbook check` holds them until pytest can end in order
    asked = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    whole = not any("::" in argument for argument in config.args) and all(
        path.is_dir() for path in asked
    )
    steps = sorted({step for path in asked for step in steps_at(path)})
    if not steps or not all(steps_at(path) for path in asked):
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError("A step's checks share one running project: leave out -n.")
    find_in_step(config.args)
    try:
        targets = {step: find_target(step, config.getoption("--target")) for step in steps}
    except WorkbookError as error:
        raise pytest.UsageError(str(error)) from error
    end_in_order()
    outcomes = Outcomes(targets)
    config.pluginmanager.register(outcomes, "workbook-outcomes")
    if len(targets) == 1 and targets[steps[0]].kind == "work":
        unchosen = not config.getoption("lf", False)
        config.pluginmanager.register(Memory(outcomes, whole and unchosen))
    standard = config.pluginmanager.get_plugin("terminalreporter")
    if standard:
        config.pluginmanager.unregister(standard)
        if config.getoption("--verdict-lines"):
            config.pluginmanager.register(VerdictLines(outcomes, whole), "verdict-lines")
        else:
            config.pluginmanager.register(Reporter(config, outcomes, whole), "terminalreporter")


def end_in_order() -> None:
    """Take SIGTERM and a closed terminal as Ctrl-C: what was started is ended before pytest is."""
    for name in ("SIGTERM", "SIGHUP"):
        signum = getattr(signal, name, None)
        # nohup ignores SIGHUP on purpose.
        if signum is not None and signal.getsignal(signum) is signal.SIG_DFL:
            signal.signal(signum, signal.default_int_handler)


def steps_at(path: Path) -> set[str]:
    """Return the labels of the steps and lessons whose checks lie in `path`, or around it."""
    return {step_of(folder) for folder in (CHECKS.iterdir() if path == CHECKS else [path])} - {""}


def find_in_step(arguments: list[str]) -> None:
    """Turn each `checks/step_03::test_x` into the file of that step that holds `test_x`."""
    for place, argument in enumerate(arguments):
        folder, colons, name = argument.partition("::")
        if colons and Path(folder).is_dir():
            word = re.compile(rf"\b{re.escape(name.partition('[')[0])}\b")
            for file in sorted(Path(folder).glob("test_*.py")):
                if word.search(file.read_text(encoding="utf-8")):
                    arguments[place] = f"{file}::{name}"
                    break
