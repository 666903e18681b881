"""Listings and changes at the stages of a step, and of the sections of a further lesson."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs_ext.listings import small_changes
from tests.support.guides import Box, box, boxes_in, complaint, findings, own_steps, rendered
from tests.support.lessons import section
from workbook.projects.lessons import Lesson
from workbook.projects.steps import all_steps

STEP = "steps/04-new"
OLD = "import a\n\n\ndef first():\n    return 1\n\n\ndef last():\n    return 9\n"
BEGUN = OLD.replace("return 1", "return a")
GROWN = BEGUN.replace("\n\ndef last", "\n\ndef middle():\n    return 5\n\n\ndef last")
DONE = GROWN.replace("return 9", "return 10")
FILES = {
    "03-old/v.py": OLD,
    "04-new/v.py": DONE,
    "04-new/page.html": "<p>Hello</p>\n",
    "checks/step_04/stages/1-begun.patch": section(
        {"v.py": DONE, "page.html": "<p>Hello</p>\n"}, {"v.py": BEGUN}
    ),
    "checks/step_04/stages/2-grown.patch": section({"v.py": DONE}, {"v.py": GROWN}),
}


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Path]:
    """Two steps, the second built in two stages; the page's own file comes in the second."""
    with own_steps(tmp_path, FILES):
        yield tmp_path


def at(stage: str, name: str, fence: str = "listing") -> Box:
    return box(f"{STEP}/{name}", f'{fence} stage="{stage}"')


@pytest.mark.usefixtures("steps")
class TestListing:
    def test_of_the_first_stage_is_compared_with_the_step_before(self):
        shown = at("begun", "v.py")
        assert shown.code == BEGUN
        assert shown.new == ["    return a"]
        assert shown.data["stage"] == "begun"
        assert at("begun", "v.py::first").title == "v.py replaces first"

    def test_of_a_later_stage_is_compared_with_the_one_before(self):
        shown = at("grown", "v.py::middle")
        assert shown.title == "v.py below first"
        assert at("grown", "page.html").title == "page.html new file"

    def test_without_a_stage_is_the_snapshot_compared_with_the_last_stage(self):
        shown = box(f"{STEP}/v.py::last")
        assert shown.title == "v.py replaces last"
        assert shown.new == ["    return 10"]
        assert box(f"{STEP}/page.html").data["place"] == "unchanged"

    def test_reading_takes_a_stage_as_well(self):
        shown = box(f"{STEP}/v.py::last", 'listing reading stage="grown"')
        assert shown.code == "def last():\n    return 9\n"

    def test_of_a_stage_that_is_not_there_names_those_that_are(self):
        told = complaint(f"{STEP}/v.py", 'listing stage="gone"')
        assert "no stage “gone”. It has: begun, grown" in told

    def test_of_a_file_that_comes_later_says_what_the_stage_has(self):
        told = complaint(f"{STEP}/page.html", 'listing stage="begun"')
        assert re.search(r"begun has no file “page\.html”\. .*v\.py", told)


@pytest.mark.usefixtures("steps")
class TestChange:
    def test_shows_what_goes_and_what_comes_and_names_the_part_around_it(self):
        shown = at("begun", "v.py", "change")
        lines = [line for line in shown.code.splitlines() if line[0] in "+-"]
        assert lines == ["-    return 1", "+    return a"]
        assert shown.title == "v.py in first"
        assert (shown.data["kind"], shown.language) == ("change", "diff")

    def test_without_a_stage_leads_to_the_snapshot(self):
        shown = box(f"{STEP}/v.py", "change")
        assert "-    return 9\n+    return 10\n" in shown.code

    def test_may_be_of_one_part(self):
        assert box(f"{STEP}/v.py::last", "change").code.startswith(" def last():\n-")

    def test_of_lines_between_two_parts_names_none(self):
        shown = at("grown", "v.py", "change")
        assert shown.title == "v.py"
        assert "+def middle():\n" in shown.code

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            (f"{STEP}/page.html", "is the same as before"),
            (f"{STEP}/nothing.html", "has no file “nothing.html”"),
            (STEP, "is of one file"),
            (f"{STEP}/v.py::first", "is the same as before"),
        ],
    )
    def test_that_there_is_not_stops_the_build(self, body: str, sentence: str):
        assert sentence in complaint(body, "change")

    def test_of_what_is_new_wants_a_listing(self):
        for name in ("page.html", "v.py::middle"):
            told = complaint(f"{STEP}/{name}", 'change stage="grown"')
            assert "is new: show it in a listing" in told


def test_change_far_apart_from_another_is_a_box_of_its_own(tmp_path: Path):
    lines = [f"line {number}\n" for number in range(40)]
    old = "".join(lines)
    new = old.replace("line 2\n", "two\n").replace("line 35\n", "thirty\n")
    with own_steps(tmp_path, {"03-old/x.txt": old, "04-new/x.txt": new}):
        boxes = boxes_in(rendered("steps/04-new/x.txt", "change"))
    assert len(boxes) == 2
    assert "-line 35\n+thirty\n" in boxes[1].code


def test_change_whose_old_lines_are_there_twice_is_refused(tmp_path: Path):
    block = "a\nb\nc\nd\ne\nf\n"
    old, new = block + block, block + block.replace("d\n", "")
    with own_steps(tmp_path, {"03-old/x.txt": old, "04-new/x.txt": new}):
        assert "there 2 times" in complaint(f"{STEP}/x.txt", "change")


class TestSection:
    @pytest.fixture(autouse=True)
    def lesson(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A lesson of two sections on a step, the second on top of the first."""
        first = {"v.py": BEGUN}
        second = {"v.py": DONE, "more.py": "more = 1\n"}
        files = {
            "03-old/v.py": OLD,
            "checks/slow/patches/1-a.patch": section({"v.py": OLD}, first),
            "checks/slow/patches/2-b.patch": section(first, second),
        }
        with own_steps(tmp_path, files):
            (step,) = all_steps(tmp_path)
            lesson = Lesson("slow", step, tmp_path / "checks/slow")
            monkeypatch.setattr(small_changes, "all_lessons", lambda: [lesson])
            yield

    def test_is_shown_as_changes_and_new_files_on_top_of_those_before(self):
        new, *changes = boxes_in(rendered("checks/slow/patches/2-b.patch", "change"))
        assert (new.title, new.code) == ("more.py new file", "more = 1\n")
        assert (new.data["kind"], new.language) == ("file", "python")
        assert "+def middle():\n" in "".join(one.code for one in changes)
        assert "return a\n" not in "".join(
            one.code for one in changes if "+    return a" in one.code
        )

    def test_may_be_shown_file_by_file(self):
        shown = box("checks/slow/patches/2-b.patch::more.py", "change")
        assert shown.title == "more.py new file"

    def test_has_no_stage_and_must_be_there(self):
        folder = "checks/slow/patches"
        assert "has no stage" in complaint(f"{folder}/1-a.patch", 'change stage="x"')
        assert "is no section of a lesson. There are" in complaint(f"{folder}/3-c.patch", "change")
        told = complaint(f"{folder}/1-a.patch::x", "change")
        assert "does not change “x”. It changes: v.py" in told


@pytest.mark.usefixtures("steps")
class TestAudit:
    def test_is_content_with_stages_in_order(self, steps: Path):
        text = "".join(
            f"```{head}\n{STEP}/{name}\n```\n\n"
            for head, name in (
                ('listing stage="begun"', "v.py::first"),
                ('listing stage="grown"', "v.py::middle"),
                ('listing stage="grown"', "page.html"),
                ("change", "v.py"),
                ("listing reading", "v.py::first"),
            )
        )
        assert findings(steps, text) == []

    @pytest.mark.parametrize(
        ("head", "body", "sentence"),
        [
            ("listing stage=begun", "v.py", "“stage=begun” is no option of listing"),
            ("listing stage", "v.py", "It takes stage="),
            ('change reading stage="begun"', "v.py", "is no option of change"),
            ('change stage="begun"', "v.py::last", "is the same as before"),
            ("listing", "page.html", "is as the stage before has it"),
        ],
    )
    def test_finds_what_is_wrong_with_a_stage(
        self, steps: Path, head: str, body: str, sentence: str
    ):
        (only,) = findings(steps, f"```{head}\n{STEP}/{body}\n```\n")
        assert only.startswith("docs/x.md:3: ")
        assert sentence in only
