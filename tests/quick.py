"""`python3 workbook test --quick`: style, types, imports, and what the uncommitted change touches.

For one who works here, in less than a minute. The whole proof is `python3 workbook test`.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import grimp

from tests.plugins.scheduling import recorded_seconds, unit_of
from tests.support.commands import run_command
from workbook.paths import ROOT

PACKAGES = ("tests", "benchmarks", "docs_ext", "checks", "workbook")
# Always: they look at every file, and take seconds.
STATIC = "tests/static"
# What no import shows: a file below the first is proven by the second.
PROOFS = (
    ("docs/", ("tests/guide/test_text.py", "tests/docs_ext/test_superfences.py")),
    ("steps/", ("tests/guide/test_text.py", "tests/docs_ext/test_patches.py")),
    ("mkdocs.yml", ("tests/docs_ext/test_superfences.py",)),
    ("Pipfile", ("tests/bootstrap/test_pipfile_lock.py",)),
)
WORKERS = 4
BUDGET_SECONDS = 30  # of waiting, on all workers together with what pytest takes to begin
UNKNOWN_SECONDS = 1.0  # what is not on record took less


def changed_files() -> list[str]:
    """Return what differs from the last commit, as paths from the repository's root."""
    commands = (["diff", "--name-only", "HEAD"], ["ls-files", "--others", "--exclude-standard"])
    printed = (_git(*command) for command in commands)
    return sorted({line for text in printed for line in text.splitlines() if line})


def touched_tests(changed: Iterable[str]) -> list[str]:
    """Return the test modules that the files `changed` touch, the nearest first.

    A module is near where it is changed itself, or imports what is changed; then come those that
    import such a module, and so on.
    """
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    nearest: dict[str, int] = {}
    for file in changed:
        for proof in _proofs_of(file):
            nearest.setdefault(proof, 0)
        layer, seen, distance = {_module_of(file)} & graph.modules, set[str](), 0
        while layer:
            for module in layer:
                if module.rpartition(".")[2].startswith("test_"):
                    path = f"{module.replace('.', '/')}.py"
                    nearest[path] = min(distance, nearest.get(path, distance))
            seen |= layer
            importing = (graph.find_modules_that_directly_import(module) for module in layer)
            layer, distance = set().union(*importing) - seen, distance + 1
    there = (path for path in nearest if path.startswith("tests/") and (ROOT / path).exists())
    return sorted(there, key=lambda path: (nearest[path], path))


def within_budget(tests: Iterable[str]) -> tuple[list[str], list[str]]:
    """Divide `tests` into those that the time is enough for, and the others."""
    chosen, left_out, left = [], [], float(BUDGET_SECONDS * WORKERS)
    seconds = recorded_seconds()
    for path in tests:
        whole = unit_of(path)
        units = [unit for unit in seconds if unit == whole or unit.startswith(f"{path}::")]
        cost = sum(seconds[unit] for unit in units) or UNKNOWN_SECONDS
        longest = max((seconds[unit] for unit in units), default=0)
        if cost <= left and longest <= BUDGET_SECONDS:
            chosen.append(path)
            left -= cost
        else:
            left_out.append(path)
    return chosen, left_out


def main() -> int:
    """Run what is static and what is touched; say what was left out. Return pytest's exit code."""
    chosen, left_out = within_budget(touched_tests(changed_files()))
    options = ["-q", "-p", "tests.plugins.scheduling", "-n", str(WORKERS), "--dist", "loadscope"]
    command = [sys.executable, "-m", "pytest", *options, "-m", "not alone", STATIC, *chosen]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"\nRan the static tests and {len(chosen)} modules that the change touches.")
    if left_out:
        print(f"Left out, for they take longer: {', '.join(left_out)}.")
    print("Everything: python3 workbook test")
    return code


def _git(*arguments: str) -> str:
    return run_command(["git", *arguments], ROOT, check=True).stdout


def _module_of(file: str) -> str:
    path = Path(file)
    name = ".".join(path.with_suffix("").parts) if path.suffix == ".py" else ""
    return name.removesuffix(".__init__")


def _proofs_of(file: str) -> list[str]:
    """Return the tests that look at `file` without importing it."""
    known = [proof for begin, proofs in PROOFS if file.startswith(begin) for proof in proofs]
    same_name = (ROOT / "tests").rglob(f"test_{Path(file).stem}.py")
    return known + [path.relative_to(ROOT).as_posix() for path in same_name]


if __name__ == "__main__":
    sys.exit(main())
