"""What the replay has to say of a page that it could not follow."""


class Mishap(Exception):
    """A place where following the page leads somewhere else than the page says.

    `line` is an index into the block's own lines, for blocks that show several.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.line = line
