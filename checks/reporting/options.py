"""pytest's options `--target`, `--roles`, and those of a program that runs the checks.

Loaded early, so that the folder of a target isn't taken for one of tests.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--target`, and `--roles` for who knows which processes the chosen checks need.

    `--verdict-lines` and `--first` are what `check --watch` asks with.
    """
    group = parser.getgroup("workbook")
    group.addoption(
        "--roles",
        metavar="ROLES",
        type=lambda text: frozenset(text.split(",")),
        help="which processes of the Procfile to start, such as web,worker; default: all of them",
    )
    group.addoption(
        "--verdict-lines",
        action="store_true",
        help="print what happens as lines of JSON, for a program that reads them",
    )
    group.addoption(
        "--first",
        metavar="ID",
        help="the check to look at before the others, with those that it waits for",
    )
    group.addoption(
        "--target",
        metavar="DIR",
        help="the project that checks/ looks at; default: work/, else the step's snapshot",
    )
