"""Finding a part of a Python file by its name, with the comments right above it."""

import ast

from tests.guide.replay.editing.span import Span

IMPORTS = "imports"


def find(text: str, name: str) -> Span | None:
    """Return where `name` is: a function, a class, a setting, `Class.method`, or the imports."""
    lines = text.splitlines(keepends=True)
    found = _nodes(ast.parse(text), name)
    if not found:
        return None
    start, end = _first_line(found[0]), found[-1].end_lineno
    while start and lines[start - 1].lstrip().startswith("#") and name != IMPORTS:
        start -= 1
    return Span(start, end, "".join(lines[start:end]))


def _nodes(tree: ast.Module, name: str) -> list[ast.stmt]:
    if name == IMPORTS:
        return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    body: list[ast.stmt] = tree.body
    found: list[ast.stmt] = []
    for piece in name.split("."):
        found = [node for node in body if piece in _names(node)]
        body = found[0].body if found and isinstance(found[0], ast.ClassDef) else []
    return found


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)]) - 1
