"""Text files of a test's own."""

from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts to files below `folder`, by their paths in it; folders are made as needed."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read_files(folder: Path) -> dict[str, str]:
    """Return the texts of all files below `folder`, by their paths in it, newlines as they are."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): str(path.read_bytes(), "utf-8") for path in files}
