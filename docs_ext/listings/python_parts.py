"""The named parts of a Python module: functions, classes, settings, imports."""

import ast
from itertools import takewhile

from docs_ext.listings.parts import Part, Scope
from workbook.errors import WorkbookError

IMPORTS, DOCSTRING = "imports", "docstring"
Imports = ast.Import | ast.ImportFrom
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def python_scope(text: str, name: str) -> Scope:
    """Return the parts among which `name` is: the module's, or a class's for `Class.method`.

    A class that is not there gives an empty scope. Raises WorkbookError if `text` is no Python.
    """
    try:
        body: list[ast.stmt] = ast.parse(text).body
    except SyntaxError as problem:
        raise WorkbookError(f"line {problem.lineno} is no Python: {problem.msg}") from problem
    *owners, _ = name.split(".")
    # A call such as celery.autodiscover_tasks() is named with a dot as well.
    whole = Scope(_parts(body, text.splitlines(), ""))
    if not owners or whole.index(name) is not None:
        return whole
    for owner in owners:
        classes = [node for node in body if isinstance(node, ast.ClassDef) and node.name == owner]
        if not classes:
            return Scope()
        body = classes[-1].body
    prefix = ".".join(owners)
    parts = _parts(body, text.splitlines(), f"{prefix}.")
    return Scope(parts, prefix, f"`{prefix}`", parts[0].first)


def _parts(body: list[ast.stmt], lines: list[str], prefix: str) -> list[Part]:
    parts: list[Part] = []
    floor = 0  # comments above it belong to the part before
    while body:
        taken = _taken_together(body)
        first = _with_comments(lines, _first_line(taken[0]), floor)
        floor = taken[-1].end_lineno or first
        is_top = not prefix and all(part.name == DOCSTRING for part in parts)
        names, label = _names(taken, prefix, is_top)
        names = names or [lines[_first_line(taken[0])].strip()]
        is_block = isinstance(taken[0], Definition)
        also = frozenset(names[1:])
        parts.append(Part(names[0], label or f"`{names[0]}`", first, floor, also, is_block))
        body = body[len(taken) :]
    return parts


def _taken_together(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that make the next part: neighbouring imports are one."""
    if not isinstance(body[0], Imports):
        return body[:1]
    return list(takewhile(lambda node: isinstance(node, Imports), body))


def _first_line(node: ast.stmt) -> int:
    """Return the index of the statement's first line, decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min(each.lineno for each in [node, *decorators]) - 1


def _with_comments(lines: list[str], first: int, floor: int) -> int:
    while first > floor and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _names(taken: list[ast.stmt], prefix: str, is_top: bool) -> tuple[list[str], str]:
    """Return the names of a part, none if it has none, and its label if that is not its name."""
    node = taken[0]
    if isinstance(node, Definition):
        return [prefix + node.name], ""
    if isinstance(node, Imports):
        if is_top:
            return [IMPORTS], "the imports"
        bound = [name for each in taken for name in _imported(each)]
        return bound, f"the import of `{bound[0]}`"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = ast.unparse(node.value.func)
        return [name], f"`{name}(…)`"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [prefix + DOCSTRING], "the text at the top"
    return list(dict.fromkeys(prefix + name for name in _assigned(node))), ""


def _imported(node: ast.stmt) -> list[str]:
    aliases = node.names if isinstance(node, Imports) else []
    return [(alias.asname or alias.name).partition(".")[0] for alias in aliases]


def _assigned(node: ast.stmt) -> list[str]:
    """Return the names that a statement sets, in the branches of an `if` as well."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    each_target = [name for target in targets if target for name in ast.walk(target)]
    names = [name.id for name in each_target if isinstance(name, ast.Name)]
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return names + [name for child in inner for name in _assigned(child)]
