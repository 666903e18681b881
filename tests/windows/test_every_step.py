"""The checks on Windows: of a further lesson, of mistakes in the steps, of broken projects."""

import shutil
from pathlib import Path

import pytest

from tests.windows.clone import Clone
from tests.windows.test_first_steps import CHECK_SECONDS, assert_right, crosses_after, snapshot
from workbook.projects.lessons import find_lesson

pytestmark = [pytest.mark.windows, pytest.mark.long]

# A file, what is right in it, the mistake, and the check that reports it.
MISTAKES = {
    "02": (
        "config/settings.py",
        "CELERY_RESULT_EXTENDED = True",
        "CELERY_RESULT_EXTENDED = False",
        "The admin can show the task's name with its result",
    ),
    "04": (
        "config/asgi.py",
        "AllowedHostsOriginValidator(",
        "(",
        "A page of another site is refused",
    ),
    "05": (
        "status/tasks.py",
        "sleep(settings.STATUS_INTERVAL)",
        "sleep(0.1)",
        "A run sends one status every STATUS_INTERVAL",
    ),
}


def test_the_checks_of_a_further_lesson_hold(clone: Clone):
    find_lesson("robust").copy_to(clone.folder / "robust")
    done = clone.workbook("check", "robust", "--target", "robust", seconds=CHECK_SECONDS)
    assert_right(done.text, "Lesson robust")


@pytest.mark.parametrize("step", MISTAKES)
def test_a_mistake_is_reported_as_elsewhere(clone: Clone, step: str):
    *mistake, title = MISTAKES[step]
    assert title in crosses_after(clone, step, *mistake)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("manage.py", "raise SystemExit(3)\n", "SystemExit"),
        ("config/settings.py", "import nothing_of_that_name\n", "nothing_of_that_name"),
        ("Procfile", "web python\n", "Procfile"),
    ],
)
def test_a_broken_project_gives_its_own_words(clone: Clone, name: str, text: str, said: str):
    project = clone.folder / "broken"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(clone.folder / snapshot("01"), project)
    (project / name).write_text(text, encoding="utf-8")
    done = clone.workbook("check", "01", "--target", "broken", seconds=CHECK_SECONDS)
    assert done.code == 1, done.text
    assert said in done.text
    assert "checks\\harness" not in done.text, "a traceback of ours"


def test_files_as_windows_editors_write_them_are_right(clone: Clone):
    """With a byte order mark and \\r\\n: neither the checks nor `diff --mine` mind."""
    work = clone.folder / "work"
    shutil.copytree(clone.folder / snapshot("01"), work)
    for file in work.rglob("*"):
        if file.is_file():
            write_as_windows(file)
    done = clone.workbook("check", "01", seconds=CHECK_SECONDS)
    assert_right(done.text, "Step 01")
    done = clone.workbook("diff", "01", "--mine", seconds=60)
    assert "are the same" in done.text, done.text
    assert "step 01" in clone.workbook("doctor", seconds=60).text


def write_as_windows(file: Path) -> None:
    """Give a text file a byte order mark, and lines that end in \\r\\n."""
    text = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    # python-decouple and Django's own tools read the bytes before the first line of these.
    mark = b"\xef\xbb\xbf" if file.suffix in {".py", ".html", ".css"} else b""
    file.write_bytes(mark + text)
