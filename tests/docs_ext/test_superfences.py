"""The fences in a site that MkDocs builds, and the audit that names page and line."""

from pathlib import Path

import pytest

from docs_ext.audit import audit
from tests.support.guides import boxes_in, build, complaint, findings
from workbook.paths import ROOT

S3 = "steps/03-poll-task-status"
S5 = "steps/05-websocket-celery"
GOOD = f"""\
# A page

1. In a list:

    ```listing
    {S3}/status/tasks.py::send_status
    ```

??? note "The whole diff"

    ```lesson-diff
    {S3}/status/urls.py
    ```

```output
ping
```
"""


def test_a_strict_build_renders_every_fence_also_in_lists_and_folded_notes(tmp_path: Path):
    built = build(tmp_path, {"docs/index.md": GOOD, "docs/output/ping.txt": "pong\n"})
    assert built.returncode == 0, built.stdout + built.stderr
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    listing, diff, output = boxes_in(page)
    assert listing.code in (ROOT / S3 / "status/tasks.py").read_text(encoding="utf-8")
    assert diff.data["path"] == "status/urls.py"
    assert output.code == "pong\n"
    assert "content.code.copy" in page
    assert not (tmp_path / "site/output").exists()


def test_a_build_stops_at_what_is_not_there_and_names_the_page(tmp_path: Path):
    page = f"# A page\n\n```listing\n{S5}/status/tasks.py::nobody\n```\n"
    built = build(tmp_path, {"docs/index.md": page})
    assert built.returncode != 0
    assert "index.md" in built.stderr
    assert f"{S5}/status/tasks.py::nobody: there is no `nobody`" in built.stderr


def test_an_unknown_option_stops_the_build_too():
    told = complaint(f"{S5}/Procfile", 'listing title="x"')
    assert "listing has no option title. It takes: read" in told


def test_a_fault_of_our_own_is_not_swallowed(monkeypatch):
    monkeypatch.setattr("docs_ext.superfences.excerpt", lambda *_args, **_more: 1 / 0)
    assert "ZeroDivisionError" in complaint(f"{S5}/Procfile")


def test_every_fence_of_the_guide_names_what_is_there():
    assert [str(finding) for finding in audit(ROOT / "docs")] == []


def test_the_audit_finds_all_faults_of_a_page_with_their_lines(tmp_path: Path):
    faults = f"""\
```listing
{S5}/status/tasks.py::nobody
```

=== "Tab"

    ```lesson-diff
    {S5}/status/nothing.py
    ```

```output
nothing
```
"""
    first, second, third = findings(tmp_path, faults)
    assert first.startswith(f"docs/x.md:3: {S5}/status/tasks.py::nobody: there is no `nobody`")
    assert second.startswith("docs/x.md:9: ")
    assert third.startswith("docs/x.md:13: docs/output/nothing.txt is not there")


@pytest.mark.parametrize(
    "head", ["python", "html", "django", "toml", "ini", "css", "{.python}", 'py title="x"']
)
def test_the_audit_finds_code_that_is_typed_by_hand(tmp_path: Path, head: str):
    (only,) = findings(tmp_path, f"```{head}\nx\n```\n")
    assert only.startswith("docs/x.md:3: ")
    assert "typed by hand" in only


def test_the_audit_leaves_commands_and_longer_fences_alone(tmp_path: Path):
    assert findings(tmp_path, "````markdown\n```python\nx\n```\n````\n\n```console\n$ x\n```") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"```listing {S5}/Procfile\n```\n", "is no option of listing"),
        ("```\nx\n```\n", "names no language"),
        ("```text\nx\n", "never closed"),
    ],
)
def test_the_audit_finds_what_would_stay_raw_in_the_page(tmp_path: Path, text: str, sentence: str):
    (only,) = findings(tmp_path, text)
    assert only.startswith("docs/x.md:3: ")
    assert sentence in only


def listing(name: str) -> str:
    return f"```listing\n{S5}/status/tasks.py::{name}\n```\n\n"


@pytest.mark.usefixtures("without_stages")
def test_the_audit_finds_a_listing_below_one_that_comes_later(tmp_path: Path):
    later, sooner = listing("send_status_periodically"), listing("broadcast")
    (only,) = findings(tmp_path, later + sooner)
    assert "a reader has no broadcast yet: show that first" in only


@pytest.mark.usefixtures("without_stages")
def test_the_audit_is_content_with_listings_in_order(tmp_path: Path):
    names = (
        *("imports", "GROUP, LAST_STATUS, LOCK_LIFETIME, redis"),
        *("broadcast", "send_status_periodically"),
    )
    assert findings(tmp_path, "".join(listing(name) for name in names)) == []
