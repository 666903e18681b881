"""Finding an element of an HTML template by its tag or its id, in whole lines."""

import re

from tests.guide.replay.editing.span import Span


def find(text: str, name: str) -> Span | None:
    """Return where the element is that `name` tells: `<head>`, or `#task` for an id."""
    if name.startswith("#"):
        opening = re.search(rf'<(\w+)[^>]*\bid="{re.escape(name[1:])}"', text)
    else:
        opening = re.search(rf"<({re.escape(name.strip('<>'))})\b", text)
    if opening is None:
        return None
    depth = 0
    for tag in re.finditer(rf"<(/?){opening[1]}\b", text[opening.start() :]):
        depth += -1 if tag[1] else 1
        if depth == 0:
            end = opening.start() + tag.start()
            break
    else:
        return None
    first, last = text.count("\n", 0, opening.start()), text.count("\n", 0, end)
    lines = text.splitlines(keepends=True)
    return Span(first, last + 1, "".join(lines[first : last + 1]), is_markup=True)
