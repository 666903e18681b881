"""The fences as SuperFences calls them; mkdocs.yml names these functions.

A formatter gets the fence's body and returns HTML. SuperFences swallows every exception but its
own, and leaves the raw fence in the page.
"""

import re
from collections.abc import Callable
from functools import partial, wraps
from html import escape
from itertools import groupby
from pathlib import PurePosixPath

from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from docs_ext.assets.captured_output import output_named
from docs_ext.assets.diagrams import figure
from docs_ext.assets.examples import example_named
from docs_ext.assets.patches import patch_named
from docs_ext.listings.address import parse_address
from docs_ext.listings.excerpt import excerpt
from docs_ext.listings.small_changes import SmallChange, small_changes
from docs_ext.listings.step_diff import changes_of
from workbook.errors import WorkbookError
from workbook.projects.patches.patch import Patch

READING, STAGE = "reading", "stage"
LANGUAGES = {
    ".conf": "nginx",
    ".css": "css",
    ".html": "html+django",
    ".js": "js",
    ".md": "markdown",
    ".py": "python",
    ".service": "ini",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".env": "bash",
    ".example": "bash",  # .env.example
    "Dockerfile": "docker",
    "Procfile": "yaml",
}
Format = Callable[..., str]


def loud(format_fence: Format) -> Format:
    """Make every failure of a formatter stop the build, with the fence's body to find it by."""

    @wraps(format_fence)
    def wrapped(source: str, *arguments: object, **more: object) -> str:
        try:
            return format_fence(source, *arguments, **more)
        except WorkbookError as problem:
            raise SuperFencesException(str(problem)) from problem
        except Exception as problem:  # anything else would be swallowed
            raise SuperFencesException(f"“{source}”: {problem!r}") from problem

    return wrapped


@loud
def listing(source, language, class_name, options, md, **_more) -> str:
    """Show a file of a step, or parts of it, with the place where it goes and what is new."""
    address = parse_address(source, options.get(STAGE, ""))
    found = excerpt(address, is_reading=READING in options)
    step, path = found.address.step, found.address.path
    attributes = {
        "step": step.label,
        "stage": address.stage,
        "path": path,
        "symbol": ", ".join(found.address.names),
        "kind": found.kind,
        "place": found.place.kind,
        "anchor": ", ".join(found.place.anchors),
        "blank-above": found.place.above,
        "blank-below": found.place.below,
    }
    title = titled(path, found.place.text)
    code = highlighted(md, found.text, language_of(path), title, found.new)
    return boxed(class_name, attributes, code)


@loud
def change(source, language, class_name, options, md, **_more) -> str:
    """Show lines of a file that go and come, with the lines around them, to be made by hand.

    They are copied as they are afterwards. A file that is new is shown as a listing.
    """
    found = small_changes(source, options.get(STAGE, ""))
    return "\n".join(_change_box(one, class_name, md) for one in found)


def _change_box(one: SmallChange, class_name: str, md: Markdown) -> str:
    attributes = {"step": one.project, "stage": one.stage, "path": one.path}
    title = titled(one.path, one.place)
    if one.is_new_file:
        code = highlighted(md, one.text, language_of(one.path), title, [])
        return boxed("listing", attributes | {"kind": "file", "place": "new"}, code)
    code = highlighted(md, one.text, "diff", title, [])
    return boxed(class_name, attributes | {"kind": "change"}, code)


@loud
def lesson_diff(source, language, class_name, options, md, **_more) -> str:
    """Show what a step changes, in one file or in all, with the lines it deletes."""
    address = parse_address(source)
    step = address.step.label
    boxes: list[str] = []
    for change in changes_of(address):
        attributes = {"step": step, "path": change.path, "kind": "diff", "place": change.place}
        words = {"new": "new file", "changed": "", "deleted": "delete this file"}[change.place]
        text = "\n".join(change.hunks)
        code = highlighted(md, text, "diff", titled(change.path, words), [])
        boxes.append(boxed(f"{class_name} no-copy", attributes, code))
    return "\n".join(boxes)


@loud
def output(source, language, class_name, options, md, **_more) -> str:
    """Show output that was captured from a real run."""
    name, text = output_named(source)
    code = highlighted(md, text, "text", "", [])
    return boxed(f"{class_name} no-copy", {"kind": "output", "output": name}, code)


@loud
def example(source, language, class_name, options, md, **_more) -> str:
    """Show a file of docs/going-further/examples/, with the place where it goes."""
    found = example_named(source)
    title = titled(found.title, found.place)
    code = highlighted(md, found.text, language_of(found.path), title, [])
    return boxed(class_name, {"kind": "example", "path": found.path}, code)


@loud
def diagram(source, language, class_name, options, md, **_more) -> str:
    """Show diagrams of docs/diagrams/ in the page's own colours, with what they say in words."""
    return figure(source)


@loud
def patch(source, language, class_name, options, md, **_more) -> str:
    """Show a patch beside a check, such as an exercise's solution, file by file."""
    return patch_boxes(patch_named(source), class_name, language, md)


def patch_boxes(patch: Patch, class_name: str, kind: str, md) -> str:
    """Return a box of `kind` for each file that a patch changes, titled with its path."""
    boxes: list[str] = []
    for file in patch.changes:
        title = titled(file.path, file.place)
        code = highlighted(md, file.text, "diff", title, [])
        boxes.append(boxed(f"{class_name} no-copy", {"kind": kind, "path": file.path}, code))
    return "\n".join(boxes)


def _only(language: str, inputs: dict, options: dict, attrs, md, known: tuple[str, ...]) -> bool:
    """Accept these options of a fence; fail on any other, which would be left raw in the page."""
    unknown = sorted(set(inputs) - set(known))
    if unknown:
        takes = f"It takes: {', '.join(known)}" if known else "It takes none."
        raise SuperFencesException(f"the fence {language} has no option {unknown[0]}. {takes}")
    if inputs.get(STAGE) == STAGE:  # without a value, SuperFences gives the option's own name
        raise SuperFencesException(f'the fence {language} names no stage: write stage="NAME"')
    options.update(inputs)
    return True


no_options = partial(_only, known=())
# `reading` is code to look at, which goes nowhere; `stage` has a stage's name.
listing_options = partial(_only, known=(READING, STAGE))
change_options = partial(_only, known=(STAGE,))


def language_of(path: str) -> str:
    """Return the lexer for a file, by its suffix or its name."""
    name = PurePosixPath(path)
    if "systemd" in name.parts:  # its drop-ins end in .conf, as nginx' files do
        return "ini"
    return LANGUAGES.get(name.suffix or name.name, "text")


def titled(path: str, words: str) -> str:
    """Return a title as HTML: the path, and words about it with code in backticks."""
    if not words:
        return escape(path)
    marked = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(words))
    return f'{escape(path)} <span class="listing-place">{marked}</span>'


def highlighted(md: Markdown, text: str, language: str, title: str, new: list[int]) -> str:
    """Return highlighted code as every other block's; `title` is HTML, `new` are line indices."""
    fences = md.preprocessors["fenced_code_block"]
    # Numbers beyond the fence's own few lines would be cut off.
    fences.line_count = text.count("\n") + 1
    options = {"title": title, "title_mode": "html"} if title else {}
    if new:
        options["hl_lines"] = " ".join(ranges(new))
    return fences.highlight(
        src=text, language=language, options=options, md=md, classes=[], id_value="", attrs={}
    )


def ranges(indices: list[int]) -> list[str]:
    """Return 1-based ranges: [0, 1, 2, 5] gives 1-3 and 6-6."""
    runs = groupby(enumerate(indices), key=lambda pair: pair[1] - pair[0])
    found = [[index for _, index in run] for _, run in runs]
    return [f"{run[0] + 1}-{run[-1] + 1}" for run in found]


def boxed(class_name: str, attributes: dict[str, object], code: str) -> str:
    """Return code in a box that says, for a machine too, what it is."""
    pairs = [(key, value) for key, value in attributes.items() if value not in (None, "")]
    data = "".join(f' data-{key}="{escape(str(value))}"' for key, value in pairs)
    return f'<div class="{class_name}"{data}>{code}</div>'
