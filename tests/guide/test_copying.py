"""What a reader's clipboard holds after a click on a block's copy button."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.guides import build
from tests.support.skip_markers import CHROMIUM
from tests.support.web_servers import served
from workbook.paths import ROOT

pytestmark = CHROMIUM

PROCFILE = "steps/05-websocket-celery/Procfile"
PAGE = f"""\
# A page

```console
$ python3 workbook redis
Redis answers
on a port
$ python3 workbook run
```

<div class="python" markdown>

```console
$ python manage.py shell
…
>>> from status.tasks import send_status
>>> for visitor in range(2):
...     send_status()
RUNNING
```

</div>

```listing
{PROCFILE}
```

```lesson-diff
{PROCFILE}
```

```change
{PROCFILE}
```

```diff title="status/tasks.py"
 def add(x, y):

-    return x + y
+    return x * y
```
"""
TYPED = """\
python manage.py shell
from status.tasks import send_status
for visitor in range(2):
    send_status()"""
TRIAL = "def add(x, y):\n\n    return x * y"


def copied(page: Page, selector: str) -> str:
    """Click the copy button of a block and return what the clipboard holds then."""
    page.evaluate("navigator.clipboard.writeText('')")
    page.locator(f"{selector} button").click()
    page.wait_for_function("async () => await navigator.clipboard.readText()", timeout=5_000)
    return page.evaluate("navigator.clipboard.readText()")


def test_copying_commands_and_diffs(tmp_path: Path, chromium: Browser) -> None:
    names = ("css/guide.css", "js/copying.js")
    own = {f"docs/{name}": (ROOT / "docs" / name).read_text(encoding="utf-8") for name in names}
    built = build(tmp_path, {"docs/index.md": PAGE} | own)
    assert built.returncode == 0, built.stdout + built.stderr
    # Browsers open the clipboard to no file:// page.
    with served(tmp_path / "site") as address:
        page = chromium.new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
        page.goto(address)
        commands = copied(page, "article > .language-console")
        assert commands == "python3 workbook redis\npython3 workbook run"
        assert copied(page, ".python") == TYPED
        assert copied(page, ".listing") + "\n" == (ROOT / PROCFILE).read_text(encoding="utf-8")
        assert page.locator(".lesson-diff button").count() == 0
        # A change as the lines are afterwards, to be pasted over those that were there.
        assert copied(page, ".change") in (ROOT / PROCFILE).read_text(encoding="utf-8")
        assert copied(page, "article > .language-diff") == TRIAL
