"""The replay itself: what it says of a small guide that is wrong in one place."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guide.replay.__main__ import main as replay
from tests.guide.replay.replay_page import follow
from tests.support.lessons import section
from tests.support.text_files import write_files
from workbook.paths import ROOT

SETTINGS = """\
site_name: Small
use_directory_urls: false
theme:
  name: material
  font: false
markdown_extensions:
  - pymdownx.highlight:
      pygments_lang_class: true
  - pymdownx.superfences:
      custom_fences:
        - name: listing
          class: listing
          format: !!python/name:docs_ext.superfences.listing
          validator: !!python/name:docs_ext.superfences.listing_options
        - name: change
          class: change
          format: !!python/name:docs_ext.superfences.change
          validator: !!python/name:docs_ext.superfences.change_options
"""
GREETING = "def greeting(name):\n    return f'hello {name}'\n"
SNAPSHOT = {
    "greeting.py": GREETING,
    "main.py": "from greeting import greeting\n\nprint(greeting('ada'))\n",
}
PAGE = """\
# 01 Small

Go into the project:

```console
$ cd work
```

Write a function:

```listing
steps/01-small/greeting.py
```

And what calls it:

```listing
steps/01-small/main.py
```

Look:

```console
$ python3 main.py
hello ada
```
"""
# First without an exclamation mark, then with one.
IN_STAGES = """\
# 01 Small

```console
$ cd work
```

```listing stage="plain"
steps/01-small/main.py
```

```listing stage="plain"
steps/01-small/greeting.py
```

```console
$ python3 main.py
hello ada
```

```change
steps/01-small/greeting.py
```

```console
$ python3 main.py
hello ada!
```
"""
LOUD = GREETING.replace("{name}", "{name}!")
TRIAL = """
See it fail:

```diff title="main.py"
-print(greeting('ada'))
+print(greeting('eve'))
```

```console
$ python3 main.py
hello eve
```
"""


class SmallGuide:
    """A workbook with one step and one page."""

    def __init__(self, root: Path) -> None:
        self.root = root
        ignore = shutil.ignore_patterns("__pycache__")
        for name in ("docs_ext", "workbook"):
            shutil.copytree(ROOT / name, root / name, ignore=ignore)
        shutil.copy(ROOT / ".gitignore", root)
        for folder in ("docs", "work", "steps/01-small"):
            (root / folder).mkdir(parents=True)
        (root / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
        self.page = root / "docs" / "01-small.md"

    def follow(
        self,
        page: str = PAGE,
        refreshes: bool = False,
        environment: Path | None = None,
        **files: str,
    ) -> str | None:
        """Follow a page that leads to the snapshot of these files; return what is wrong."""
        for name, text in (SNAPSHOT | files).items():
            (self.root / "steps/01-small" / name).write_text(text, encoding="utf-8")
        self.page.write_text(page, encoding="utf-8")
        return follow(self.root, "01", refreshes=refreshes, environment=environment)

    def wrong_at(self, text: str, page: str, **files: str) -> str:
        """Follow a page that is wrong where this text stands last; return what is said of it."""
        wrong = self.follow(page, **files)
        line = page[: page.rindex(text)].count("\n") + 1
        assert wrong.startswith(f"docs/01-small.md:{line}: ")
        return wrong


@pytest.fixture
def guide(tmp_path: Path) -> SmallGuide:
    """Return a small guide of the test's own."""
    return SmallGuide(tmp_path / "guide")


def test_a_page_that_holds_is_followed_without_a_word(guide: SmallGuide):
    assert guide.follow(PAGE + TRIAL + "\nUndo it.\n") is None


def test_an_output_that_differs_is_named_with_page_and_line(guide: SmallGuide):
    page = PAGE.replace("hello ada", "hello bob")
    wrong = guide.wrong_at("hello bob", page)
    assert "hello bob" in wrong
    assert "| hello ada" in wrong


def test_an_output_of_which_the_page_shows_nothing_is_named(guide: SmallGuide):
    wrong = guide.wrong_at("```", PAGE.replace("hello ada\n", ""))
    assert "nothing should be printed" in wrong


def test_a_line_of_the_snapshot_that_no_listing_shows_is_named_with_its_file(guide: SmallGuide):
    page = PAGE.replace("greeting.py\n", "greeting.py::greeting\n")
    wrong = guide.follow(page, **{"greeting.py": GREETING + "\n\nFORGOTTEN = 1\n"})
    assert wrong.startswith("docs/01-small.md:")
    assert "greeting.py" in wrong
    assert "+FORGOTTEN = 1" in wrong


def test_a_file_of_the_snapshot_that_no_listing_shows_is_named(guide: SmallGuide):
    wrong = guide.follow(**{"more.py": "MORE = 1\n"})
    assert "more.py is in the snapshot, and the page never makes it" in wrong


def test_a_listing_that_changes_nothing_is_named_with_page_and_line(guide: SmallGuide):
    page = PAGE.replace("Look:", "Again:\n\n```listing\nsteps/01-small/main.py\n```\n\nLook:")
    wrong = guide.wrong_at("steps/01-small/main.py", page)
    assert "main.py is said to be new, and it is there already" in wrong


def test_a_change_whose_old_lines_are_not_there_is_named_with_page_and_line(guide: SmallGuide):
    page = PAGE + TRIAL.replace("-print(greeting('ada'))", "-print(greeting('bob'))")
    wrong = guide.wrong_at("-print", page)
    assert "main.py does not hold the old lines" in wrong


@pytest.fixture
def staged(guide: SmallGuide) -> SmallGuide:
    """Return a small guide whose step is built in one stage and the snapshot."""
    text = section({"greeting.py": LOUD}, {"greeting.py": GREETING})
    write_files(guide.root, {"checks/step_01/stages/1-plain.patch": text})
    return guide


def test_stages_are_typed_in_the_order_of_the_page(staged: SmallGuide):
    assert staged.follow(IN_STAGES, **{"greeting.py": LOUD}) is None


def test_a_stage_that_is_never_left_is_named(staged: SmallGuide):
    page = IN_STAGES[: IN_STAGES.index("```change")]
    wrong = staged.follow(page, **{"greeting.py": LOUD})
    assert "greeting.py: not the snapshot's bytes" in wrong


def test_a_change_that_comes_too_early_is_named_with_page_and_line(staged: SmallGuide):
    body = "steps/01-small/greeting.py\n```\n"
    page = IN_STAGES.replace(f"```change\n{body}", "")
    page = page.replace("```listing", f"```change\n{body}\n```listing", 1)
    wrong = staged.wrong_at(f"{body}\n```listing", page, **{"greeting.py": LOUD})
    assert "this changes greeting.py, and there is none yet" in wrong


def test_a_change_on_trial_must_be_undone(guide: SmallGuide):
    assert "was never undone" in guide.follow(PAGE + TRIAL)


def test_a_request_that_nobody_understands_is_not_passed_over(guide: SmallGuide):
    wrong = guide.wrong_at("Click", PAGE + "\nClick the big red button.\n")
    assert "“Click the big red button.”" in wrong


def test_a_refresh_writes_what_was_printed_and_keeps_what_was_left_out(guide: SmallGuide):
    main = "print('one')\nprint('two')\nprint('three')\n"
    page = PAGE.replace("hello ada\n", "one?\n…\nthree\n")
    assert guide.follow(page, refreshes=True, **{"main.py": main}) is None
    assert guide.page.read_text(encoding="utf-8").endswith("main.py\none\n…\nthree\n```\n")


def test_environment_of_the_readers_own(guide: SmallGuide, tmp_path: Path):
    own = tmp_path / "a folder" / "own"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", own], check=True, timeout=60)
    (guide.root / "workbook" / "__main__.py").write_text(
        "import os\n\nos.chdir('work')\nos.execvp('bash', ['bash'])\n", encoding="utf-8"
    )
    switched = PAGE.replace("$ cd work\n", "$ python3 workbook shell\n")
    page = switched.replace("python3 main.py\nhello ada", f"python main.py\n{own}")
    page = page.replace("Go into the project:", "In the workbook's folder:")
    main = "import sys\n\nprint(sys.prefix)\n"
    assert guide.follow(page, environment=own, **{"main.py": main}) is None


def test_no_environment_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        replay(["01", "--environment", str(tmp_path)])
    assert f"{tmp_path} is no virtual environment: no bin/activate." in capsys.readouterr().err
