"""A small further lesson of a test's own: two sections, a check and a page."""

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

from tests.support.text_files import write_files
from tests.support.workbook_copy import SmallWorkbook

CONFTEST = """\
from checks.common.fixtures import project, target

__all__ = ["project", "target"]
"""
CHECKS = """\
from checks.clients.http_client import visiting
from checks.common import startup_checks
from checks.verdicts import NotYet, check

test_the_processes_start = startup_checks.test_the_processes_start


@check("The page /health/ says ok", after=(test_the_processes_start,))
def test_health(project):
    with visiting(project.running().url) as visitor:
        page = visitor.get("/health/")
    if page.status != 200 or page.text != "ok":
        raise NotYet(page.done, page.seen, "the string ok", "config/urls.py", "health, Say ok")
"""
VIEW = """\
from django.http import HttpResponse


def health(request):
    return HttpResponse("ok")
"""
URLS = "config/urls.py"
URL = """

from config.health import health

urlpatterns += [path("health/", health)]
"""


def section(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return the patch that makes of the texts `before`, by their paths, those of `after`."""
    lines: list[str] = []
    for path in before | after:
        old, new = (
            f"{side}/{path}" if path in files else "/dev/null"
            for side, files in (("a", before), ("b", after))
        )
        was, now = (files.get(path, "").splitlines(keepends=True) for files in (before, after))
        lines += unified_diff(was, now, old, new)
    return "".join(lines)


def write_lesson(small: SmallWorkbook, folder: str, sections: list[str], on: str = "") -> None:
    """Write a lesson: its checks, its page, and its chain; `on` names the step if not the last."""
    files = {"__init__.py": "", "conftest.py": CONFTEST, f"test_{folder}.py": CHECKS}
    files |= {f"patches/{at}-section.patch": text for at, text in enumerate(sections, 1)}
    files |= {"lesson.toml": f'on = "{on}"\n'} if on else {}
    small.write(files, below=f"checks/{folder}")
    name = folder.replace("_", "-")
    write_files(small.root / "docs" / "going-further", {f"{name}.md": "# Health\n\n## Say ok\n"})


def health_sections(base: Path) -> list[str]:
    """Return the two sections of the lesson `health` on the project in `base`."""
    urls = (base / URLS).read_text(encoding="utf-8")
    return [section({}, {"config/health.py": VIEW}), section({URLS: urls}, {URLS: urls + URL})]
