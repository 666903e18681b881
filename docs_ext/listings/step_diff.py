"""What a step changes, file by file; `line_diff` counts and numbers the lines of each."""

from dataclasses import dataclass

from docs_ext.listings.address import Address
from docs_ext.listings.baseline import files_before, files_of
from docs_ext.listings.line_diff import unified_diff
from workbook.errors import WorkbookError


@dataclass(frozen=True)
class Change:
    """A file as it was before the step, and as it is in it; None where it is not there."""

    path: str
    before: str | None
    after: str | None

    @property
    def place(self) -> str:
        """What happens to the file: new, changed or deleted."""
        if self.before is None:
            return "new"
        return "deleted" if self.after is None else "changed"

    @property
    def hunks(self) -> list[str]:
        """The lines of its unified diff, without the two that name the file."""
        return unified_diff((self.before or "").splitlines(), (self.after or "").splitlines())


def changes_of(address: Address) -> list[Change]:
    """Return what the step changes in the file that `address` names, or in all its files.

    Raises WorkbookError if the file is not there, or is as it was.
    """
    if address.names:
        raise WorkbookError(f"{address}: a diff shows whole files. Leave out what follows “::”.")
    before, after = files_before(address.step), files_of(address.step.folder)
    paths = [address.path] if address.path else sorted(before.keys() | after.keys())
    if address.path and address.path not in before | after:
        raise WorkbookError(
            f"{address} is not there, neither in the step nor before it."
            f" The step has: {', '.join(after)}"
        )
    every = [Change(path, before.get(path), after.get(path)) for path in paths]
    changed = [change for change in every if change.hunks]
    if not changed:
        raise WorkbookError(f"{address} is the same as in the step before: there is no diff.")
    return changed
