"""Patches on a project: applied line by line, without git, or not at all."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.text_files import read_files, write_files
from workbook.errors import WorkbookError
from workbook.projects.copying import copy_project
from workbook.projects.patches.patch import apply_patches, chain_files, load_patch
from workbook.projects.patches.unified_diff import parse_diff
from workbook.projects.steps import find_step

BEFORE = {
    "manage.py": "one\ntwo\nthree\n",
    "status/old.py": "".join(f"{number}\n" for number in range(1, 41)),
    "status/gone.py": "x\ny\n",
    "status/same.py": "a\nb\nc\nd\ne\n",
    "deep/only.txt": "alone\n",
    "no_newline.txt": "first\nlast",
    "empty.txt": "",
}
AFTER = {
    "manage.py": "one\n2\nthree\n",
    "status/old.py": "".join(f"{number}\n" for number in [0, *range(1, 31), *range(32, 41), "end"]),
    "templates/status/new.html": "<p>\n\x0c\u2028ü</p>\n",
    "status/renamed.py": "a\nb\nC\nd\ne\n",
    "moved/same.txt": "alone\n",
    "no_newline.txt": "first\nlast\nafter",
    "added_empty.txt": "",
}


def written(folder: Path, files: dict[str, str], newline: str = "\n") -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.replace("\n", newline).encode())
    return folder


def git_diff(old: Path, new: Path, *options: str) -> str:
    """Return git's diff of two projects."""

    def git(*arguments: str, tree: Path = old) -> str:
        command = ["git", "-c", "core.autocrlf=false", "--work-tree", str(tree), *arguments]
        environment = os.environ | {"GIT_DIR": str(old.parent / "repository")}
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=30, check=True
        )
        return str(done.stdout, "utf-8")

    git("init", "-q")
    trees = []
    for tree in (old, new):
        git("add", "--all", tree=tree)
        trees.append(git("write-tree", tree=tree).strip())
    return git("diff", "--find-renames", *options, *trees)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two lines in manage.py."""
    return written(tmp_path / "project", {"manage.py": "one\ntwo\n"})


def apply_text(text: str, project: Path) -> None:
    """Apply the patch `text` to the project."""
    file = project.parent / "change.patch"
    file.write_bytes(text.encode())
    apply_patches([load_patch(file)], project)


@pytest.mark.parametrize("options", [(), ("-U0",), ("--no-renames",)])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_git_writes_is_applied_and_taken_back(
    tmp_path: Path, options: tuple[str, ...], newline: str
):
    """All kinds of change; a clone with CRLF has the patch's own lines end so as well."""
    text = git_diff(written(tmp_path / "old", BEFORE), written(tmp_path / "new", AFTER), *options)
    assert ("rename from status/same.py" in text) == (options != ("--no-renames",))
    file = tmp_path / "change.patch"
    file.write_bytes(text.replace("\n", newline).encode())
    project = written(tmp_path / "project", BEFORE, newline)
    apply_patches([load_patch(file)], project)
    wanted = {path: body.replace("\n", newline) for path, body in AFTER.items()}
    assert read_files(project) == wanted
    assert not (project / "deep").exists()
    apply_patches([load_patch(file).reversed()], project)
    assert read_files(project) == {
        path: body.replace("\n", newline) for path, body in BEFORE.items()
    }


def test_a_patch_with_lf_fits_a_project_with_crlf(tmp_path: Path):
    project = written(tmp_path / "project", {"manage.py": "one\ntwo\n"}, "\r\n")
    apply_text("--- a/manage.py\n+++ b/manage.py\n@@ -2 +2,2 @@\n two\n+three\n", project)
    apply_text("--- /dev/null\n+++ b/new/x.py\n@@ -0,0 +1 @@\n+x\n", project)
    assert read_files(project) == {"manage.py": "one\r\ntwo\r\nthree\r\n", "new/x.py": "x\r\n"}


def test_lines_that_are_kept_keep_their_own_ends(tmp_path: Path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "manage.py").write_bytes(b"one\ntwo\r\nthree\n")
    apply_text("--- a/manage.py\n+++ b/manage.py\n@@ -2,2 +2,2 @@\n two\n-three\n+3\n", project)
    assert (project / "manage.py").read_bytes() == b"one\ntwo\r\n3\n"


def test_git_is_not_needed(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    apply_text("--- a/manage.py\n+++ b/manage.py\n@@ -1 +1 @@\n-one\n+1\n", project)
    assert read_files(project) == {"manage.py": "1\ntwo\n"}


def test_two_files_may_take_each_others_names(tmp_path: Path):
    project = written(tmp_path / "project", {"a": "1\n", "b": "2\n"})
    swap = "diff --git a/{0} b/{1}\nsimilarity index 100%\nrename from {0}\nrename to {1}\n"
    apply_text(swap.format("a", "b") + swap.format("b", "a"), project)
    assert read_files(project) == {"a": "2\n", "b": "1\n"}


MISFITS = {
    "another line": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -1,2 +1,2 @@\n one\n-tow\n+2\n",
        "change.patch, line 5, does not fit the project:"
        " line 2 of manage.py should be “tow”, and is “two”.",
    ),
    "the right lines elsewhere": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -1 +1 @@\n-two\n+2\n",
        "line 1 of manage.py should be “two”, and is “one”",
    ),
    "beyond the end": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -2,2 +2,2 @@\n two\n-three\n+3\n",
        "line 3 of manage.py should be “three”, and is not there",
    ),
    "far beyond the end": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -9,0 +10 @@\n+ten\n",
        "line 3, does not fit the project: manage.py has 2 lines only",
    ),
    "a newline at the end": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -2 +2 @@\n-two\n\\ No newline at end of file\n+2\n",
        "should be “two” without a newline, and is “two”",
    ),
    "a line without newline amid the file": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -1 +1 @@\n-one\n+1\n\\ No newline at end of file\n",
        "a line of manage.py without a newline is not the last",
    ),
    "a file that is not there": (
        "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-one\n+1\n",
        "there is no file x.py",
    ),
    "a new file that is there": (
        "--- /dev/null\n+++ b/manage.py\n@@ -0,0 +1 @@\n+1\n",
        "manage.py is there already",
    ),
    "a deleted file with more in it": (
        "--- a/manage.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n",
        "line 1, does not fit the project: manage.py has more lines than are deleted",
    ),
    "a file below a file": (
        "--- /dev/null\n+++ b/manage.py/x\n@@ -0,0 +1 @@\n+1\n",
        "manage.py/x is a file in one of them and a folder in the other",
    ),
    "hunks in disorder": (
        "--- a/manage.py\n+++ b/manage.py\n@@ -2 +2 @@\n-two\n+2\n@@ -1 +1 @@\n-one\n+1\n",
        "line 6, does not fit the project: it begins in lines that the hunk before has changed",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), MISFITS.values(), ids=MISFITS)
def test_a_patch_that_does_not_fit_names_both_lines_and_changes_nothing(
    text: str, sentence: str, project: Path
):
    with pytest.raises(WorkbookError) as told:
        apply_text("--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+1\n" + text, project)
    # The file before it takes four lines.
    for number in range(9, 0, -1):
        sentence = sentence.replace(f"line {number}, does", f"line {number + 4}, does")
    assert sentence in str(told.value)
    assert read_files(project) == {"manage.py": "one\ntwo\n"}


def test_of_a_chain_all_are_applied_or_none(project: Path):
    folder = project.parent / "patches"
    change = "--- a/manage.py\n+++ b/manage.py\n@@ -1 +1 @@\n-{}\n+{}\n"
    names = ["10-third.patch", "2-second.patch", "1-first.patch"]
    texts = [change.format(*pair) for pair in (("3", "4"), ("1", "3"), ("one", "1"))]
    write_files(folder, dict(zip(names, texts, strict=True)) | {"your_turn.patch": "no section"})
    chain = chain_files(folder)
    assert [file.name for file in chain] == names[::-1]
    with pytest.raises(WorkbookError, match=r"2-second\.patch, line 4, does not fit"):
        apply_patches(map(load_patch, [chain[1], chain[0]]), project)
    with pytest.raises(WorkbookError, match=r"1-first.patch, line 4, .* is “4”"):
        apply_patches(map(load_patch, [*chain, chain[0]]), project)
    assert read_files(project) == {"manage.py": "one\ntwo\n"}
    apply_patches(map(load_patch, chain), project)
    assert read_files(project) == {"manage.py": "4\ntwo\n"}


OUTSIDE = [
    "../x.py",
    "status/../../x.py",
    "/etc/x.py",
    "C:/x.py",
    "..\\x.py",
    "status\\..\\..\\x.py",
]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize(
    "text",
    [
        "--- /dev/null\n+++ b/{}\n@@ -0,0 +1 @@\n+x\n",
        "--- a/{}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
        "diff --git a/{0} b/{0}\nnew file mode 100644\n",
        "diff --git a/manage.py b/{0}\nrename from manage.py\nrename to {0}\n",
    ],
    ids=["new", "deleted", "empty", "renamed"],
)
def test_a_path_outside_the_project_is_refused(text: str, path: str, project: Path):
    (project.parent / "x.py").write_text("x\n")
    with pytest.raises(WorkbookError, match=r"change\.patch, line \d: .* is outside the project"):
        apply_text(text.format(path), project)
    assert (project.parent / "x.py").read_text() == "x\n"
    assert read_files(project) == {"manage.py": "one\ntwo\n"}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_a_link_that_leads_outside_is_not_followed(project: Path):
    (project / "out").symlink_to(project.parent)
    with pytest.raises(WorkbookError, match=r"out/x\.py is a link that leads out of the project"):
        apply_text("--- /dev/null\n+++ b/out/x.py\n@@ -0,0 +1 @@\n+x\n", project)
    assert not (project.parent / "x.py").exists()


NO_PATCHES = {
    "": "x.patch changes no file",
    "words\n": "x.patch changes no file",
    "--- a/x\n@@ -1 +1 @@\n-x\n+y\n": "x.patch, line 2: the line “+++ b/PATH” is missing",
    "--- x\n+++ b/x\n": "line 2: “x” is no path of the project: a/PATH",
    '--- "a/\\303\\274"\n+++ b/x\n': "is no path of the project",
    "--- a/x\n+++ b/x\n@@ 1 @@\n": "line 3: expected “@@ -LINE,COUNT +LINE,COUNT @@”",
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n": "line 5: the hunk of line 3 has other counts",
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\n+z\n": "line 6: expected “diff --git",
    "--- a/x\n+++ b/x\n--- a/x\n+++ b/x\n": "line 3: x is named a second time",
    "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n": "“old mode 100644” is nothing that",
    "diff --git a/x b/x\nnew file mode 120000\n": "“new file mode 120000” is nothing that",
    "diff --git a/x b/x\nBinary files a/x and b/x differ\n": "a patch may do here",
}


@pytest.mark.parametrize(("text", "sentence"), NO_PATCHES.items())
def test_what_is_no_patch_is_refused_with_its_line(text: str, sentence: str):
    with pytest.raises(WorkbookError) as told:
        parse_diff(text, "x.patch")
    assert sentence in str(told.value)


def test_a_patch_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(WorkbookError, match=r"The patch .*x\.patch can't be read"):
        load_patch(tmp_path / "x.patch")


def test_a_file_that_is_no_text_is_named(project: Path):
    (project / "manage.py").write_bytes(b"\xff\xfe")
    with pytest.raises(WorkbookError, match=r"manage\.py is no text in UTF-8"):
        apply_text("--- a/manage.py\n+++ b/manage.py\n@@ -1 +1 @@\n-one\n+1\n", project)


def test_a_preamble_and_a_stripped_empty_line_are_no_part_of_the_changes():
    (change,) = parse_diff("Why:\n\n--- a/x\t2026\n+++ b/x\n@@ -1,2 +1 @@\n-x\n\n\n", "x.patch")
    assert (change.path, change.hunks[0].lines) == ("x", ("-x\n", " \n"))


@pytest.mark.skipif(shutil.which("git") is None, reason="git tells what the lines should become")
@pytest.mark.parametrize("step", ["02", "03", "04", "05"])
def test_the_changes_of_a_whole_step_are_applied(step: str, tmp_path: Path):
    before = f"{int(step) - 1:02d}"
    for name in (before, step):
        copy_project(find_step(name).folder, tmp_path / name)
    wanted = read_files(tmp_path / step)
    apply_text(git_diff(tmp_path / before, tmp_path / step), tmp_path / before)
    assert read_files(tmp_path / before) == wanted
