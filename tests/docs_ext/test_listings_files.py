"""Listings of whole files, the lesson's diff, and captured output."""

import pytest

from docs_ext.assets import captured_output
from tests.support.guides import box, boxes_in, complaint, own_steps, rendered

S1 = "steps/01-configure-celery"
S2 = "steps/02-create-and-execute-tasks"
S3 = "steps/03-poll-task-status"
S5 = "steps/05-websocket-celery"

pytestmark = pytest.mark.usefixtures("without_stages")


def test_a_new_file_is_shown_whole_and_nothing_is_marked(tmp_path):
    code = "def a(): ...\n\n\ndef b(): ...\n"
    with own_steps(tmp_path, {"03-old/a.py": "", "04-new/b/c.py": code}):
        shown = box("steps/04-new/b/c.py")
    assert (shown.data["kind"], shown.data["place"], shown.new) == ("file", "new", [])
    assert shown.title == "b/c.py new file"
    assert shown.code == code


def test_a_replaced_file_marks_its_new_lines():
    shown = box(f"{S5}/Procfile")
    assert shown.title == "Procfile replaces the whole file"
    assert [line.split(":")[0] for line in shown.new] == ["worker"]


def test_marks_reach_beyond_the_length_of_the_fence():
    shown = box(f"{S5}/config/settings.py")
    assert "        'LOCATION': CELERY_BROKER_URL," in shown.new[-5:]
    assert shown.code.splitlines()[-1] == shown.new[-1]


def test_a_file_that_startapp_wrote_is_replaced_and_an_empty_one_is_filled():
    assert box(f"{S2}/status/views.py").data["place"] == "replaces"
    filled = box(f"{S1}/config/__init__.py")
    assert (filled.title, filled.new) == ("config/__init__.py fills the empty file", [])


def test_a_file_that_django_wrote_and_nobody_touched_is_unchanged():
    assert box(f"{S2}/status/models.py").data["place"] == "unchanged"
    assert box(f"{S1}/manage.py").data["place"] == "unchanged"


def test_an_inserted_function_is_marked_from_its_decorator_on(tmp_path):
    def view(name: str) -> str:
        return f"@GET\ndef {name}(): ...\n"

    old = "\n\n".join(view(name) for name in "ac")
    new = "\n\n".join(view(name) for name in "abc")
    with own_steps(tmp_path, {"03-old/v.py": old, "04-new/v.py": new}):
        assert box("steps/04-new/v.py").new == ["@GET", "def b(): ...", "", ""]


def test_only_python_and_html_have_parts():
    assert "only Python and HTML have parts" in complaint(f"{S5}/Procfile::worker")


def test_a_file_of_the_lessons_diff_shows_what_is_added_and_deleted():
    shown = box(f"{S3}/status/tasks.py", "lesson-diff")
    assert shown.data == {
        "step": "03",
        "path": "status/tasks.py",
        "kind": "diff",
        "place": "changed",
    }
    assert shown.code.startswith("@@ -")
    assert "\n-    sleep(2)\n" in shown.code
    assert "\n+        sleep(1)\n" in shown.code


def test_the_whole_lessons_diff_shows_each_changed_file_and_no_noise():
    shown = {each.data["path"]: each for each in boxes_in(rendered(S3, "lesson-diff"))}
    assert {"config/settings.py", "status/views.py", "templates/index.html"} <= shown.keys()
    assert not {"manage.py", "db.sqlite3", "status/admin.py"} & shown.keys()
    deleted = shown["templates/queue_unreachable.html"]
    assert (deleted.data["place"], deleted.title) == (
        "deleted",
        "templates/queue_unreachable.html delete this file",
    )


def test_a_diff_passes_over_what_git_ignores_and_counts_a_new_files_lines_from_nothing(tmp_path):
    noise = dict.fromkeys(("04-new/.env", "04-new/b/__pycache__/c.py"), "x = 1\n")
    with own_steps(tmp_path, {"03-old/a.py": "a = 1\n", "04-new/b/d.py": "d = 1\n"} | noise):
        deleted, new = boxes_in(rendered("steps/04-new", "lesson-diff"))
    assert (deleted.data["path"], deleted.code) == ("a.py", "@@ -1,1 +0,0 @@\n-a = 1\n")
    assert (new.data["path"], new.code) == ("b/d.py", "@@ -0,0 +1,1 @@\n+d = 1\n")


def test_the_first_lessons_diff_passes_over_what_startproject_wrote():
    paths = {each.data["path"] for each in boxes_in(rendered(S1, "lesson-diff"))}
    assert "config/settings.py" in paths
    assert not {"manage.py", "config/wsgi.py"} & paths


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (f"{S3}/config/wsgi.py", "is the same as in the step before"),
        (f"{S3}/nothing.py", "is not there, neither in the step nor before it"),
        (f"{S3}/status/tasks.py::send_status", "a diff shows whole files"),
    ],
)
def test_a_diff_that_shows_nothing_stops_the_build(body, sentence):
    assert sentence in complaint(body, "lesson-diff")


def test_captured_output_is_shown_as_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(captured_output, "OUTPUTS", tmp_path)
    (tmp_path / "ping.txt").write_text("->  worker@host: OK\n        <pong>\n", encoding="utf-8")
    shown = box("ping", "output")
    assert shown.data == {"kind": "output", "output": "ping"}
    assert shown.code == "->  worker@host: OK\n        <pong>\n"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("nothing", "docs/output/nothing.txt is not there. There are: ping"), ("../x", "is no name")],
)
def test_missing_output_stops_the_build(tmp_path, monkeypatch, name, sentence):
    monkeypatch.setattr(captured_output, "OUTPUTS", tmp_path)
    (tmp_path / "ping.txt").write_text("pong\n", encoding="utf-8")
    assert sentence in complaint(name, "output")
