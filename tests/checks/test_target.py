"""Which project a run of checks looks at, and what it says where there is none to look at."""

import ast
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.reporting.summary import after_all
from checks.target import Target
from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.commands import run_command
from workbook import invocation
from workbook.paths import ROOT
from workbook.projects.steps import find_step

LOOK = """
from checks.common.fixtures import target

@check("It is looked at")
def test_it(target):
    raise CannotTell(f"{target.kind} {target.label} {target.folder.resolve()}")

@check("It goes on", after=(test_it,))
def test_on(): ...
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """Return a small workbook whose checks say what they look at."""
    tiny = make_tiny_checks(tmp_path_factory.mktemp("target") / "small wörkbook")
    tiny.write(LOOK)
    return tiny


@pytest.fixture
def tiny(made: TinyChecks) -> TinyChecks:
    """Return it without a `work/`."""
    shutil.rmtree(made.small.work, ignore_errors=True)
    made.small.work.unlink(missing_ok=True)
    return made


def project(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "manage.py").touch()
    return folder


def test_work_is_looked_at_where_it_exists(tiny: TinyChecks):
    tiny.begin_work()
    said = tiny.run()
    assert said.lines[0] == "Step 03, on your project in work/"
    assert f"work 03 {tiny.small.work}" in said.flat
    assert "not yours" not in said.text


def test_a_run_on_a_snapshot_ends_by_saying_so(tiny: TinyChecks):
    (tiny.root / "steps" / "03-third" / "manage.py").touch()
    said = tiny.run()
    assert said.lines[0].startswith("Step 03, on our own answer, steps/03-third")
    assert "snapshot 03" in said.text
    assert said.lines[-1] == "Checked our answer, not yours."
    assert tiny.run("checks/step_03", "-q").lines[-1] == "Checked our answer, not yours."


@pytest.mark.parametrize("joint", [" ", "="])
def test_target_is_another_folder_and_not_run(tiny: TinyChecks, tmp_path: Path, joint: str):
    folder = project(tmp_path / "mein Prøjekt")
    (folder / "conftest.py").write_text("raise SystemExit('run by pytest')", encoding="utf-8")
    before = sorted(folder.iterdir())
    said = tiny.run("checks/step_03", *f"--target{joint}mein Prøjekt".split(" ", joint == " "))
    # From the workbook's folder that name leads nowhere.
    assert "There is no folder mein Prøjekt" in said.text
    arguments = [f"--target={folder}"] if joint == "=" else ["--target", str(folder)]
    said = tiny.run("checks/step_03", *arguments)
    assert "Step 03, on the project in" in said.lines[0]
    assert f"named 03 {folder}" in said.flat
    assert sorted(folder.iterdir()) == before


def test_it_works_from_any_folder_and_through_links(tiny: TinyChecks, tmp_path: Path):
    folder = project(tmp_path / "real one")
    (tmp_path / "a link").symlink_to(folder)
    checks = str(tiny.root / "checks" / "step_03")
    said = tiny.run(checks, "--target=a link", cwd=tmp_path)
    assert said.lines[0] == "Step 03, on the project in a link"
    assert f"named 03 {folder}" in said.flat
    (tmp_path / "the workbook").symlink_to(tiny.root)
    tiny.begin_work()
    said = tiny.run("the workbook/checks/step_03", cwd=tmp_path)
    assert said.lines[0] == "Step 03, on your project in work/"


@pytest.mark.parametrize(
    ("lay", "said_so", "way_out"),
    [
        (lambda work: None, "work/ is empty", "python3 workbook start 03"),
        (lambda work: (work / ".git").mkdir(), "work/ is empty", "python3 workbook start 03"),
        (lambda work: (work / "notes.txt").touch(), "no manage.py in work/", "startproject"),
        (lambda work: project(work / "mysite"), "there is one in work/mysite", "work/mysite"),
    ],
)
def test_a_folder_without_a_project_is_no_wrong_answer(tiny: TinyChecks, lay, said_so, way_out):
    tiny.small.work.mkdir()
    lay(tiny.small.work)
    said = tiny.run()
    assert said.code == 2
    assert said_so in said.flat
    assert way_out in said.text.partition("Next: ")[2]
    assert "✗" not in said.text
    assert "– 2 checks wait for that; `-v` lists them" in said.lines
    listed = tiny.run("checks/step_03", "-v").text
    assert "– It is looked at" in listed
    assert "– It goes on" in listed


def test_a_folder_that_is_not_there_or_a_file_is_said_as_such(tiny: TinyChecks, tmp_path: Path):
    (tmp_path / "file").touch()
    for name, words in (("nowhere", "There is no folder"), ("file", "is no folder")):
        said = tiny.run("checks/step_03", f"--target={tmp_path / name}")
        assert words in said.flat
        assert (said.code, "✗" in said.text) == (2, False)


def test_missing_packages_are_named(tiny: TinyChecks, tmp_path: Path):
    tiny.begin_work()
    packages = Path(pytest.__file__).parent.parent
    for name in ("pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments"):
        (tmp_path / name).symlink_to(packages / name)
    # Without `site`, this Python has what stands on PYTHONPATH, and no more.
    done = run_command(
        [sys.executable, "-S", "-P", "-m", "pytest", "checks/step_03"],
        tiny.root,
        tiny.environment(PYTHONPATH=str(tmp_path)),
    )
    assert "– This Python lacks Django, Celery" in done.stdout
    assert "Next: python3 workbook check" in done.stdout
    assert (done.returncode, "✗" in done.stdout) == (2, False)


def test_a_work_of_another_step_is_named_in_the_header(tiny: TinyChecks):
    shutil.copytree(tiny.root / "steps" / "01-first", tiny.small.work)
    tiny.small.write({"manage.py": ""})
    said = tiny.run()
    assert said.lines[1] == "work/ looks like step 01: python3 workbook check 01"
    tiny.small.write({"tasks.py": "def send_status(): ...\nsend_status.delay()\n"})
    assert "looks like" not in tiny.run().text


def test_a_run_with_other_tests_keeps_the_voice_of_pytest(tiny: TinyChecks, tmp_path: Path):
    (tmp_path / "test_other.py").write_text("def test_other(): ...\n", encoding="utf-8")
    tiny.write("def test_plain(): ...\n", step=2)
    said = tiny.run("checks/step_02", str(tmp_path))
    assert "test session starts" in said.text
    assert "2 passed" in said.text


def test_on_windows_the_sentences_say_py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invocation, "os", SimpleNamespace(name="nt", environ={}))
    target = Target(Path("work"), "work", find_step("03"))
    assert target.again == "py workbook check 03"
    assert "`py workbook start 04`" in after_all(target, complete=True)[0]


def test_no_sentence_of_the_tool_or_the_checks_names_a_call_that_windows_lacks() -> None:
    literal = [
        f"{file.relative_to(ROOT)}: {node.value[:60]}"
        for folder in ("checks", "workbook")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "python3 workbook " in node.value
        and "\n" not in node.value
        and not node.value.startswith("`python3 workbook VERB`")
    ]
    assert literal == []
