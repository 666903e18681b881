"""The replay's eyes and hands: what counts as printed, and where a reader puts a listing."""

import inspect
from contextlib import closing
from pathlib import Path

import pytest

from tests.guide.replay.editing.editor import Editor
from tests.guide.replay.errors import Mishap
from tests.guide.replay.output.matcher import Matcher
from tests.guide.replay.output.refresh import refreshed
from tests.guide.replay.page.instructions import PATTERNS, deeds_of, unknown_request
from tests.guide.replay.reader.actions import Actions
from tests.guide.replay.reader.browser import Tabs
from tests.support.skip_markers import CHROMIUM

FIRST = "63eb55a9-0d5c-4f0e-9d3c-0a1b2c3d4e5f"
SECOND = "7c1d2e3f-0d5c-4f0e-9d3c-0a1b2c3d4e5f"


def holds(shown: list[str], printed: str, **ends: bool) -> bool:
    """Tell whether fresh eyes see the shown lines in what was printed."""
    return Matcher().compare(shown, printed, **ends) is None


def test_lines_must_stand_in_a_row_unless_the_page_leaves_some_out():
    assert not holds(["one", "three"], "one\ntwo\nthree\n")
    assert holds(["one", "…", "three"], "one\ntwo\nthree\n")


def test_dots_within_a_line_stand_for_no_other_line():
    assert holds(["from … to"], "from here to\n")
    assert not holds(["from … to"], "from here\nto\n")


def test_a_time_may_be_longer_on_a_busy_machine_and_never_shorter():
    assert holds(["done in 8.…s: None"], "done in 8.05s: None\n")
    assert holds(["done in 8.…s: None"], "done in 9.04s: None\n")
    assert not holds(["done in 8.…s: None"], "done in 7.99s: None\n")
    assert not holds(["done in 8.…s: None"], "done in 80.5s: None\n")
    assert not holds(["done in 8.…s: None"], "done in 18.5s: 'Another'\n")


def test_what_a_finished_command_prints_is_shown_from_its_first_line_to_its_last():
    assert not holds(["two"], "one\ntwo\n", start=True)
    assert not holds(["one"], "one\ntwo\n", end=True)
    assert holds(["one", "two"], "one\n\ntwo\n", start=True, end=True)


def test_an_id_is_the_same_one_wherever_the_page_shows_it():
    matcher = Matcher()
    assert matcher.compare(["sent 63eb55a9-…"], f"sent {FIRST}\n") is None
    assert matcher.compare(["done 63eb55a9-…"], f"done {SECOND}\n") is not None
    assert matcher.compare(["done 63eb55a9-…"], f"done {FIRST}\n") is None
    assert matcher.real("open 63eb55a9-…/") == f"open {FIRST}/"


def test_processes_in_one_terminal_are_compared_each_in_its_own_order():
    printed = "10:00:01 web      | a\n10:00:01 beat     | b\n10:00:02 web      | c\n"
    assert holds(["… beat     | b", "… web      | a", "… web      | c"], printed)
    assert not holds(["… web      | c", "… web      | a"], printed)


def test_a_difference_names_the_first_line_that_was_not_printed():
    difference = Matcher().compare(["one", "two", "tree"], "one\ntwo\nthree\n")
    assert difference.line == 2
    assert "nearest  three" in difference.what


def test_a_refresh_keeps_what_holds_and_shortens_what_varies():
    shown = ["[…: INFO] ready", "…", "sent in 1.2 s"]
    printed = f"[…: INFO] ready\nnoise\nsent in 3.4567s {FIRST}\n"
    assert refreshed(shown, printed, True, True) == [
        *("[…: INFO] ready", "…", "sent in 3.…s 63eb55a9-…")
    ]


@pytest.mark.parametrize(
    ("caption", "code", "expected"),
    [
        ("below `A`", "B = 2\n", "import os\n\nA = 1\n\nB = 2\n\n\ndef f():\n    return A\n"),
        (
            "directly below `A`",
            "B = 2\n",
            "import os\n\nA = 1\nB = 2\n\n\ndef f():\n    return A\n",
        ),
        (
            "replaces `A`",
            "# two\nA = 2\n",
            "import os\n\n# two\nA = 2\n\n\ndef f():\n    return A\n",
        ),
        (
            "below `f`",
            "def g(): ...\n",
            "import os\n\nA = 1\n\n\ndef f():\n    return A\n\n\ndef g(): ...\n",
        ),
        ("replaces the imports", "import re\n", "import re\n\nA = 1\n\n\ndef f():\n    return A\n"),
    ],
)
def test_listing_goes_by_its_caption(tmp_path: Path, caption: str, code: str, expected: str):
    file = tmp_path / "module.py"
    file.write_text("import os\n\nA = 1\n\n\ndef f():\n    return A\n", encoding="utf-8")
    Editor(tmp_path).put("module.py", caption, code)
    assert file.read_text(encoding="utf-8") == expected


def test_a_listing_whose_neighbour_is_not_there_is_a_mishap(tmp_path: Path):
    (tmp_path / "module.py").write_text("A = 1\n", encoding="utf-8")
    with pytest.raises(Mishap, match="a reader looks for `Z`"):
        Editor(tmp_path).put("module.py", "below `Z`", "B = 2\n")


def test_an_undo_brings_back_what_was_changed_on_trial(tmp_path: Path):
    file = tmp_path / "module.py"
    file.write_text("A = 1\n", encoding="utf-8")
    editor = Editor(tmp_path)
    editor.apply("module.py", "", "-A = 1\n+A = 2\n", for_good=False)
    assert file.read_text(encoding="utf-8") == "A = 2\n"
    editor.undo()
    assert file.read_text(encoding="utf-8") == "A = 1\n"


def test_a_paragraph_is_obeyed_in_the_order_of_its_sentences():
    prose = (
        "Open <http://localhost:8000/> in two tabs, and press **Go**. Stop the worker with Ctrl-C."
    )
    assert [deed.name for deed in deeds_of(prose)] == ["open", "press", "stop"]


@pytest.mark.parametrize("name", PATTERNS)
def test_each_form_has_who_does_it(name: str):
    does = getattr(Actions, name, None) or getattr(Tabs, name)
    assert len(inspect.signature(does).parameters) == 1 + PATTERNS[name].groups


@CHROMIUM
def test_who_closes_every_tab_has_none_that_could_speak_to_the_server():
    with closing(Tabs()) as tabs:
        tabs.open("data:text/html,hello", 1, 2)
        opened = list(tabs.pages)
        (deed,) = deeds_of("Close every tab of your browser.")
        assert deed.name == "close_every"
        tabs.close_every()
        assert all(page.is_closed() for page in opened)
        assert tabs.texts() == []


@CHROMIUM
def test_a_private_window_is_looked_at_by_itself():
    deeds = deeds_of("Open <http://localhost:8000/> in a private window. Close the private window.")
    assert [deed.name for deed in deeds] == ["open_private", "close_private"]
    with closing(Tabs()) as tabs:
        tabs.open("data:text/html,hello", 1, 1)
        tabs.open_private("data:text/html,stranger")
        assert (tabs.texts(), tabs.private_texts()) == (["hello"], ["stranger"])
        tabs.close_private()
        with pytest.raises(Mishap, match="no private window"):
            tabs.private_texts()


@pytest.mark.parametrize("prose", ["Press the button.", "Log in. Reload it now.", "Close it."])
def test_a_request_in_words_that_nobody_knows_is_found(prose: str):
    assert unknown_request(prose)
