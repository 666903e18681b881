"""A further lesson on a real snapshot: red before its patches, green with them, by every verb."""

import shutil
from pathlib import Path

import httpx
import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.lessons import health_sections, write_lesson
from tests.support.tool_process import tool_run
from workbook.paths import ROOT
from workbook.projects.copying import copy_project
from workbook.projects.patches.patch import apply_patches, chain_files, load_patch
from workbook.projects.steps import all_steps
from workbook.runtime.ports import free_port

READY_SECONDS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """A workbook with the real steps and checks, and the lesson `health` on the last step."""
    tiny = make_tiny_checks(tmp_path_factory.mktemp("lesson") / "workbook")
    shutil.rmtree(tiny.root / "steps")
    for step in all_steps():
        copy_project(step.folder, tiny.root / "steps" / step.name)
    shutil.copy(ROOT / "mkdocs.yml", tiny.root / "mkdocs.yml")
    write_lesson(tiny.small, "health", health_sections(all_steps()[-1].folder))
    return tiny


@pytest.fixture
def lesson(made: TinyChecks) -> TinyChecks:
    """Return it without a `work/`."""
    shutil.rmtree(made.small.work, ignore_errors=True)
    return made


def test_pytest_looks_at_the_patched_snapshot_where_there_is_no_work(lesson: TinyChecks):
    said = lesson.run("checks/health", "--roles=web")
    assert said.code == 0, said.text
    assert said.text.startswith("Lesson health, on our own answer, steps/05-")
    assert "with the patches of checks/health (there is no work/ yet)" in flat(said.text)
    assert "✓ The page /health/ says ok" in said.text
    assert "start health` puts its base into work/" in flat(said.text)


def test_its_check_is_red_on_the_base_and_green_with_the_patches(lesson: TinyChecks):
    lesson.small.does("start", "health")
    answer = lesson.small.call("check", "health")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert answer.stdout.startswith("Lesson health, on your project in work/")
    assert "✗ The page /health/ says ok" in answer.stdout
    assert "Next: config/urls.py, then `python3 workbook check health`" in flat(answer.stdout)
    chain = chain_files(lesson.root / "checks" / "health" / "patches")
    apply_patches(map(load_patch, chain), lesson.small.work)
    said = lesson.run("checks/health", "--roles=web")
    assert said.code == 0, said.text
    assert "Lesson health is done. Well done." in said.text


def test_beside_a_step_it_has_a_headline_of_its_own(lesson: TinyChecks, tmp_path: Path):
    lesson.write('@check("It holds")\ndef test_it(): ...\n', step=3)
    said = lesson.run("checks/step_03", "checks/health", f"--target={tmp_path}", "-v")
    assert f"Step 03, on the project in {tmp_path}" in flat(said.text)
    assert f"Lesson health, on the project in {tmp_path}" in flat(said.text)
    assert "\nStep 03\n– It holds" in said.text
    assert "\nLesson health\n– " in said.text


def test_run_serves_the_patched_snapshot_as_a_copy(lesson: TinyChecks):
    port = free_port()
    with tool_run(lesson.small, "run", "health", "--port", str(port)) as run:
        run.wait_for("ready:", READY_SECONDS)
        assert "a private copy of lesson health" in run.text
        assert httpx.get(f"http://127.0.0.1:{port}/health/").text == "ok"
    assert not list(lesson.root.glob("steps/*/config/health.py"))


def flat(text: str) -> str:
    return " ".join(text.split())
