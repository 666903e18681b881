"""A console block as turns: what the reader types, and what the page shows of the answer."""

from dataclasses import dataclass, field

COMMAND = "$ "
PYTHON = ">>> "
CTRL_C = "^C"


@dataclass
class Turn:
    """One line that is typed after a prompt, and the lines shown below it.

    `line` is its index in the block. A `prompt` of ^C is Ctrl-C, an empty one nobody's.
    """

    prompt: str
    typed: str
    line: int
    shown: list[str] = field(default_factory=list)


def turns_of(lines: list[str]) -> list[Turn]:
    """Return the turns of a block's lines, in order."""
    turns: list[Turn] = []
    for at, line in enumerate(lines):
        prompt = next((one for one in (COMMAND, PYTHON, CTRL_C) if line.startswith(one)), None)
        if prompt:
            turns.append(Turn(prompt, line.removeprefix(prompt), at))
        elif turns:
            turns[-1].shown.append(line)
        else:
            turns.append(Turn("", "", at - 1, [line]))
    return turns
