"""Imports run one way: the contract in pyproject.toml, and what import-linter can't say."""

import ast
import os
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT, STEPS

OURS = ("benchmarks", "checks", "docs_ext", "tests", "workbook")
# What runs before there is an environment. Of the launcher that is its beginning: it imports the
# command line once the environment is there.
BOOTSTRAP = [*sorted((ROOT / "workbook" / "bootstrap").glob("*.py"))]
BEGINNINGS = [ROOT / "workbook" / "__main__.py", ROOT / "workbook" / "launcher.py"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SNAPSHOTS = sorted(STEPS.rglob("*.py"))


def imported(file: Path, at_the_top: bool = False) -> Iterator[str]:
    """Yield the dotted names that a file imports, those in its functions too unless `at_the_top`.

    `from package import name` yields `package.name`, which may be a module or not, and
    `import_module("package.name")` what it names.
    """
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if not (at_the_top and isinstance(node, FUNCTIONS)):
            waiting += ast.iter_child_nodes(node)
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                yield from (f"{origin(node, file)}.{alias.name}" for alias in node.names)
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if names_import(node.func):
                yield name


def origin(node: ast.ImportFrom, file: Path) -> str:
    """Return the dotted name of what `node`, a line of `file`, imports from."""
    package = ".".join(file.parent.parts[len(ROOT.parts) :])
    return resolve_name("." * node.level + (node.module or ""), package)


def names_import(called: ast.expr) -> bool:
    """Tell whether calling `called` imports a module that a string names."""
    return ast.unparse(called).split(".")[-1] in ("import_module", "__import__")


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


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import docs_ext.hint", "docs_ext.hint"),
        ("from docs_ext import hint", "docs_ext.hint"),
        ("from ..runtime import ports", "workbook.runtime.ports"),
        ("importlib.import_module('docs_ext.hint')", "docs_ext.hint"),
        ("if True:\n    import docs_ext", "docs_ext"),
        ("try:\n    import docs_ext\nexcept ImportError:\n    pass", "docs_ext"),
    ],
)
def test_every_way_to_import_is_seen(line: str, found: str, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "workbook" / "bootstrap" / "any.py"
    file.parent.mkdir(parents=True)
    file.write_text(line)
    assert list(imported(file, at_the_top=True)) == [found]


def test_no_module_is_imported_by_a_string_that_the_contract_does_not_see() -> None:
    """Where a string names what is imported, import-linter is blind."""
    files = [file for name in OURS for file in (ROOT / name).rglob("*.py")]
    by_strings = [
        ast.unparse(node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and names_import(node.func) and node.args
        if isinstance(node.args[0], ast.Constant)
    ]
    assert by_strings == []


@pytest.mark.parametrize("step", sorted(path.name for path in STEPS.glob("0*")))
def test_a_snapshot_imports_nothing_of_the_workbook(step: str) -> None:
    files = [file for file in SNAPSHOTS if step in file.parts]
    assert files
    names = [(file.name, name) for file in files for name in imported(file)]
    assert [told for told in names if told[1].partition(".")[0] in OURS] == []
