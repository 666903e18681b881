"""What the tool says to a person when it cannot go on."""


class WorkbookError(Exception):
    """A sentence or two for the person at the terminal: expected, found, what to do.

    The command line prints it without a traceback and ends with exit code 1.
    """
