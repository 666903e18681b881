"""Imports run one way: the contract in pyproject.toml, and what import-linter can't say."""

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT, STEPS

OURS = ("benchmarks", "checks", "docs_ext", "tests", "workbook")
# What runs before there is an environment. Of the launcher that is its beginning: it imports the
# command line once the environment is there.
BOOTSTRAP = [*sorted((ROOT / "workbook" / "bootstrap").glob("*.py"))]
BEGINNINGS = [ROOT / "workbook" / "__main__.py", ROOT / "workbook" / "launcher.py"]
SNAPSHOTS = sorted(STEPS.rglob("*.py"))


def imported(file: Path, at_the_top: bool = False) -> Iterator[str]:
    """Yield the dotted names that a file imports, those in its functions too unless `at_the_top`.

    `from package import name` yields `package.name`, which may be a module or not.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(name: str) -> Iterator[Path]:
    """Yield the files that run when `name` is imported: the packages around it, and its own."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:length])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file


def foreign_imports(files: list[Path], at_the_top: bool = False) -> Iterator[str]:
    """Yield each import, in `files` and in whatever of ours they import, from a library."""
    waiting, seen = [*files], set(files)
    while waiting:
        file = waiting.pop()
        for name in imported(file, at_the_top and file in files):
            root = name.partition(".")[0]
            if root in OURS:
                reached = set(files_of(name)) - seen
                seen |= reached
                waiting += reached
            elif root not in sys.stdlib_module_names:
                yield f"{file.name}: {name}"


def test_the_contract_holds() -> None:
    code = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    done = run_command([sys.executable, "-c", code], ROOT, os.environ | {"PYTHONUTF8": "1"})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_the_bootstrap_needs_the_standard_library_alone() -> None:
    assert list(foreign_imports(BOOTSTRAP)) == []
    assert list(foreign_imports(BEGINNINGS, at_the_top=True)) == []


def test_a_library_behind_a_module_of_ours_is_found(tmp_path: Path) -> None:
    file = tmp_path / "any.py"
    file.write_text("import os\n\ndef late():\n    from workbook.runtime import process_tree\n")
    assert "process_tree.py: psutil" in set(foreign_imports([file]))
    assert list(foreign_imports([file], at_the_top=True)) == []


@pytest.mark.parametrize("step", sorted(path.name for path in STEPS.glob("0*")))
def test_a_snapshot_imports_nothing_of_the_workbook(step: str) -> None:
    files = [file for file in SNAPSHOTS if step in file.parts]
    assert files
    names = [(file.name, name) for file in files for name in imported(file)]
    assert [told for told in names if told[1].partition(".")[0] in OURS] == []
