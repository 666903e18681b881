"""Hints: every place that a check can name has an idea, a place and a change."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.verdicts import Check, Exercise
from docs_ext.hint.grades import exercise_grades, exercise_lines, hint_lines
from docs_ext.hint.places import Place, place_named, shown_now
from docs_ext.hint.sections import plain_text, sections_of, tips_of
from tests.guide.test_guide_places import HINT, named_places
from tests.support.text_files import write_files
from workbook.paths import CHECKS, ROOT
from workbook.projects.lessons import find_lesson
from workbook.projects.progress import Cross

LABELS = ("01", "02", "03", "04", "05", "robust")
TROUBLES = "Troubleshooting"
PAGE = """\
# Page

First.

## One *idea*

A **bold** [link](x.md), and `**kwargs`:

```listing
# no heading
```

Open <http://localhost:8000/>.

- An item.

### Below

More.

## Two

??? tip "Hint 1"

    Look.

    ```python
    code
    ```

After.
"""


def cross(guide: str, look_at: str = "") -> Cross:
    return Cross("checks/x.py::test_x", "It holds", "something else", look_at, guide)


def texts_of(node: ast.expr | None, module: object) -> list[str]:
    """Return what an expression of the checks may be as a text; … stands for what a run puts in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*texts_of(node.body, module), *texts_of(node.orelse, module)]
    if isinstance(node, ast.Name):
        known = getattr(module, node.id, None)
        return [known] if isinstance(known, str) else []
    if isinstance(node, ast.JoinedStr):
        whole = [""]
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            pieces = texts_of(inner, module) or ["…"]
            whole = [text + piece for text in whole for piece in pieces]
        return whole
    return []


def every_cross() -> Iterator[tuple[str, str]]:
    """Yield the guide and the file to open of each ✗ that is written in the checks."""
    for file in sorted(CHECKS.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        said = [node for node in calls if getattr(node.func, "id", "") == "NotYet"]
        if not said or {"reporting", "watch"} & {*file.parts}:
            continue
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for call in said:
            fields = {one.arg: one.value for one in call.keywords}
            for guide in texts_of(fields.get("guide"), module):
                for look_at in texts_of(fields.get("look_at"), module) or [""]:
                    yield guide, look_at


EVERY = sorted({*every_cross(), *((f"{page}, {section}", "") for page, section in named_places())})


@pytest.mark.parametrize(("guide", "look_at"), EVERY)
def test_every_cross_has_an_idea_a_place_and_a_change(
    tmp_path: Path, guide: str, look_at: str
) -> None:
    label = match[1] if (match := HINT.fullmatch(guide)) else "01"
    about = cross(guide, look_at)
    # Of a finished project, and of one that lacks all of it.
    for project in (ROOT / "steps" / "05-websocket-celery", tmp_path):
        idea, place, change = (hint_lines(about, label, project, grade, 80) for grade in (1, 2, 3))
        assert any(line.rstrip().endswith((".", "?", "!", "”")) for line in idea[2:]), idea
        assert len(place) > 2, place
        assert any(line.startswith(("  +", "  -")) for line in change), change
        assert max(map(len, idea)) <= 80


def test_every_check_is_written_where_these_places_are_looked_for() -> None:
    """Each step's and lesson's checks name places of its own page."""
    pages = {guide.partition(",")[0] for guide, _ in EVERY}
    assert pages == {*LABELS, TROUBLES}
    for label in LABELS:
        files = find_lesson(label).checks.glob("test_*.py")
        modules = [
            importlib.import_module(f"checks.{file.parent.name}.{file.stem}") for file in files
        ]
        found = [getattr(one, "check", None) for each in modules for one in vars(each).values()]
        assert any(isinstance(one, Check) and not isinstance(one, Exercise) for one in found)


@pytest.mark.parametrize("label", LABELS[:5])
def test_an_exercise_has_the_hints_of_its_page(label: str) -> None:
    grades = exercise_grades(label)
    assert grades >= 3
    hints = {tuple(exercise_lines(label, grade, 80)) for grade in range(1, grades + 1)}
    assert len(hints) == grades


@pytest.mark.parametrize(
    ("look_at", "files", "symbol", "line"),
    [
        ("status/views.py, index: how old may it be?", ("status/views.py",), "index", 0),
        ("config/settings.py, CACHES", ("config/settings.py",), "CACHES", 0),
        ("status/views.py, line 12: why?", ("status/views.py",), "", 12),
        (
            "status/consumers.py and status/tasks.py: who?",
            ("status/consumers.py", "status/tasks.py"),
            "",
            0,
        ),
        ("Procfile, the line of beat", ("Procfile",), "beat", 0),
        ("static/live.js, or wherever the page listens: how?", ("static/live.js",), "", 0),
        ("the template of the page, templates/index.html", ("templates/index.html",), "", 0),
        ("Procfile, worker: celery -A config worker", ("Procfile",), "worker", 0),
        ("the place where the lock is taken: how long?", (), "", 0),
    ],
)
def test_files_and_symbols_are_read_from_what_a_cross_says(
    look_at: str, files: tuple[str, ...], symbol: str, line: int
) -> None:
    found = place_named(look_at)
    assert (found.files, found.symbol, found.line) == (files, symbol, line)


def test_template_without_a_file_is_one_of_the_lessons() -> None:
    found = place_named("the template of the fragment: for which states is there an hx-trigger?")
    assert found.holds("templates/index.html")
    assert not found.holds("status/views.py")
    assert found.words == ("hx-trigger",)
    assert Place(("status/views.py",)).holds("status/views.py")


def test_a_line_that_is_shown_holds_no_password(tmp_path: Path) -> None:
    settings = "URL = 'redis://:Secret1@db.example'\nDATABASE = {'PASSWORD': 'Secret1'}\n"
    write_files(tmp_path, {"config/settings.py": settings})
    said = "\n".join(shown_now(tmp_path, "config/settings.py", [], line=1))
    assert "redis://…@db.example" in said
    assert "Secret1" not in said


def test_what_is_there_now_has_its_lines_numbers(tmp_path: Path) -> None:
    write_files(tmp_path, {"status/views.py": "import x\n\n\ndef index(request):\n    return 1\n"})
    assert shown_now(tmp_path, "status/views.py", ["index"]) == [
        "status/views.py, index, is now:",
        "  4 │ def index(request):",
        "  5 │     return 1",
    ]


def test_other_names_and_other_files_are_told(tmp_path: Path) -> None:
    views, more = "def start(request): ...\n", "def index(r): ...\n"
    write_files(tmp_path, {"status/views.py": views, "status/more.py": more})
    said = "\n".join(shown_now(tmp_path, "status/views.py", ["index"]))
    assert "status/views.py has no `index`, or has it under another name. It has: start." in said
    assert "status/more.py has a `index`:" in said
    about = cross("02, Execute the task in the view", "status/views.py, check_status")
    change = "\n".join(hint_lines(about, "02", tmp_path, 3, 200))
    assert "Your status/views.py has no `check_status` yet, or has it by another name." in change


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    write_files(tmp_path, {".env": "SECRET_KEY=abc\n"})
    about = cross("01, Create .env", ".env, line 1: what reads the key?")
    for grade in (2, 3):
        assert "abc" not in "\n".join(hint_lines(about, "01", tmp_path, grade, 80))


def test_file_that_python_cannot_read_is_shown_all_the_same(tmp_path: Path) -> None:
    write_files(tmp_path, {"status/views.py": "def index(:\n", "status/tasks.py": ""})
    about = cross("02, Execute the task in the view", "status/views.py, check_status")
    assert "def index(:" in "\n".join(hint_lines(about, "02", tmp_path, 2, 80))
    about = cross("02, Write the task", "status/tasks.py, send_status")
    assert "status/tasks.py is empty." in hint_lines(about, "02", tmp_path, 2, 80)


def test_sentences_of_a_section_have_no_listing_and_nothing_to_open(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    whole, one, below, two = sections_of(page)
    headings = [section.heading for section in (whole, one, below, two)]
    assert headings == ["Page", "One *idea*", "Below", "Two"]
    assert one.paragraphs == ("A bold link, and `**kwargs`.", "- An item.", "More.")
    assert [fence.language for fence in one.fences] == ["listing"]
    assert two.paragraphs == ("After.",)
    assert tips_of(page) == ["Look.\n\ncode"]
    assert plain_text("see <https://x.org/>") == "see https://x.org/"


def test_method_is_shown_by_its_bare_name() -> None:
    said = shown_now(ROOT / "steps" / "05-websocket-celery", "status/consumers.py", ["send_status"])
    assert said[0] == "status/consumers.py, send_status, is now:"
    assert "The layer calls this" in said[1]
    assert "async def send_status(" in said[2]


def test_what_is_no_part_is_shown_with_the_lines_around_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"Procfile": "".join(f"{name}: x\n" for name in "abcdef")})
    assert shown_now(tmp_path, "Procfile", ["c"]) == [
        "Procfile, c, is now:",
        *(f"  {at} │ {name}: x" for at, name in enumerate("abcde", 1)),
    ]
