"""What the tool says to a person when it cannot go on."""

from workbook.passwords import without_passwords


class WorkbookError(Exception):
    """A sentence or two for the person at the terminal: expected, found, what to do.

    The command line prints it without a traceback and ends with exit code 1. It may be shown to
    others, and quote a library or a process: as a text it holds no password.
    """

    def __str__(self) -> str:
        """Return it without passwords."""
        return without_passwords(super().__str__())
