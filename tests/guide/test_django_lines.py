"""The lines that another Django writes: no difference to a learner, and none to the guide.

`django_6_0/` holds what `startproject config` and `startapp status` of Django 6.0.10 write: the
lock has 5.2, and 6.0 does not install on Python 3.11. Files that both write alike are left out.
"""

from pathlib import Path

import pytest

from docs_ext.listings import baseline
from tests.guide.replay.editing.editor import Editor
from tests.guide.replay.page.instructions import Deed, deeds_of
from tests.guide.replay.snapshot_diff import differences
from workbook.paths import ROOT
from workbook.projects.patches.django_lines import as_in_project, as_in_snapshot
from workbook.projects.steps import find_step

RECORDED = Path(__file__).parent / "django_6_0"
WRITTEN_BY_6_0 = {
    path.relative_to(RECORDED).as_posix().removesuffix(".txt"): path.read_text(encoding="utf-8")
    for path in sorted(RECORDED.rglob("*.txt"))
}
SETTINGS = "config/settings.py"
KEY_TYPE = "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n"


@pytest.fixture(scope="module")
def written_by_5_2() -> dict[str, str]:
    """What the same two commands write by the lock's Django, which the snapshots are made with."""
    written = {
        **baseline.generated("startproject", "config", "."),
        **baseline.generated("startapp", "status", "status"),
    }
    snapshot = baseline.files_of(find_step("02").folder)
    # Where the tests run on newer versions than the lock's, the commands are theirs.
    return {path: as_in_snapshot(text, snapshot[path]) for path, text in written.items()}


@pytest.mark.parametrize("path", WRITTEN_BY_6_0)
def test_what_6_0_writes_otherwise_is_no_difference(path: str, written_by_5_2: dict[str, str]):
    assert written_by_5_2[path] != WRITTEN_BY_6_0[path]
    assert as_in_project(written_by_5_2[path], WRITTEN_BY_6_0[path]) == WRITTEN_BY_6_0[path]


@pytest.mark.parametrize("path", WRITTEN_BY_6_0)
def test_guide_begins_with_the_snapshots_lines(path: str, written_by_5_2: dict[str, str]):
    assert as_in_snapshot(WRITTEN_BY_6_0[path], written_by_5_2[path]) == written_by_5_2[path]


def test_listings_are_the_same_under_6_0(
    monkeypatch: pytest.MonkeyPatch, written_by_5_2: dict[str, str]
):
    for number, folder in ((1, "config"), (2, "status")):
        step = find_step(str(number))
        expected = baseline.files_before(step)
        with monkeypatch.context() as patched:
            ours = {path: text for path, text in written_by_5_2.items() if folder in path}
            patched.setattr(baseline, "generated", lambda *_, ours=ours: ours | of_6_0(ours))
            before = baseline.files_before(step)
        assert {path: before[path] for path in before if folder in path} == {
            path: expected[path] for path in before if folder in path
        }


def of_6_0(paths: dict[str, str]) -> dict[str, str]:
    """Return the recorded files among these."""
    return {path: text for path, text in WRITTEN_BY_6_0.items() if path in paths}


def test_what_a_learner_changed_is_still_a_difference(written_by_5_2: dict[str, str]):
    own = WRITTEN_BY_6_0[SETTINGS].replace("USE_TZ = True", "USE_TZ = False")
    expected = as_in_project(written_by_5_2[SETTINGS], own)
    assert expected == WRITTEN_BY_6_0[SETTINGS]
    assert expected != own


def test_a_project_of_5_2_must_have_the_type_of_keys(written_by_5_2: dict[str, str]):
    whole = written_by_5_2[SETTINGS]
    assert as_in_project(whole, whole.replace(KEY_TYPE, "")) == whole


def test_a_link_that_a_listing_brings_keeps_the_version_that_the_page_gives_it():
    generated, brought = (f"# https://docs.djangoproject.com/en/5.2/{one}/\n" for one in "ab")
    own = generated.replace("5.2", "6.0") + brought
    assert as_in_project(generated + brought, own) == own


def test_replay_finds_no_difference_under_6_0(tmp_path: Path):
    snapshot = find_step("02").folder
    for path, text in baseline.files_of(snapshot).items():
        own = tmp_path / "work" / path
        own.parent.mkdir(parents=True, exist_ok=True)
        # As the page leads there: Django's lines and the learner's in one file.
        own.write_text(as_in_project(text, WRITTEN_BY_6_0.get(path, text)), encoding="utf-8")
    settings = (tmp_path / "work" / SETTINGS).read_text(encoding="utf-8")
    assert "using Django 6.0" in settings
    assert "DEFAULT_AUTO_FIELD" not in settings
    assert list(differences(tmp_path / "work", snapshot)) == []
    (tmp_path / "work" / SETTINGS).write_text(settings + "MINE = 1\n", encoding="utf-8")
    assert len(list(differences(tmp_path / "work", snapshot))) == 1


def test_the_page_says_below_what_a_listing_goes_where_the_part_is_not_written(tmp_path: Path):
    page = (ROOT / "docs/01-configure-celery.md").read_text(encoding="utf-8")
    said = [deed.words for deed in deeds_of(page) if deed.name == "instead"]
    assert said == [("DEFAULT_AUTO_FIELD", "STATIC_URL")]
    (tmp_path / "settings.py").write_text("STATIC_URL = 'static/'\n", encoding="utf-8")
    hands = Editor(tmp_path, instead=dict(said))
    hands.put("settings.py", "below `DEFAULT_AUTO_FIELD`, after 2 blank lines", "A = 1\n")
    after = (tmp_path / "settings.py").read_text(encoding="utf-8")
    assert after == "STATIC_URL = 'static/'\n\n\nA = 1\n"


def test_what_goes_elsewhere_only_does_so_where_its_place_is_missing(tmp_path: Path):
    (tmp_path / "a.py").write_text("ONE = 1\n\nOTHER = 2\n", encoding="utf-8")
    Editor(tmp_path, instead={"OTHER": "ONE"}).put("a.py", "below `OTHER`", "A = 1\n")
    assert (tmp_path / "a.py").read_text(encoding="utf-8").endswith("OTHER = 2\n\nA = 1\n")


def test_such_a_sentence_is_known_by_its_form():
    (deed,) = deeds_of("What goes below `ONE` then goes below `OTHER`.")
    assert deed == Deed("instead", ("ONE", "OTHER"))
