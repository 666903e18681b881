"""The rungs do all that step 05 does, whoever hangs, fails, or says nothing."""

import re
import sys
import time
from pathlib import Path

import pytest

from benchmarks.push.deployments import all_running
from benchmarks.push.projects import make_project
from benchmarks.push.variants import Row, ladder
from tests.support.commands import run_command
from tests.support.edited_projects import checks_on
from tests.support.skip_markers import CHROMIUM, REDIS_SERVER

*ON_DAPHNE, _SERVER, ONE_MEMBER, TOP = ladder()[1:]
# uvicorn serves no static files, HTMX among them: the page's price for the fourth rung.
LACKING = ["In a real browser the text changes by itself"]
# redis-py's own patience ends after five.
SILENT_SECONDS = 6
STATUSES = ("ONE", "TWO")

WITH_VISITORS_WHO = """
import asyncio, os
os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'
import django
django.setup()
from status.fan_out import fan_out

class Visitor:
    def __init__(self, name):
        self.name = name

    async def send_status(self, status):
        if self.name == 'hangs':
            await asyncio.Event().wait()
        if self.name == 'fails':
            raise RuntimeError('this one fails')
        print(self.name, 'is told', status)

    async def close(self, code):
        print(self.name, 'is closed with', code)

async def main():
    fan_out.visitors = {Visitor(name) for name in ('Ada', 'hangs', 'Bea', 'fails', 'Cleo')}
    for status in ('ONE', 'TWO'):
        waiting = list(fan_out.visitors)
        while waiting:
            await fan_out.tell(waiting, status)
    await asyncio.sleep(0)

asyncio.run(main())
"""


@REDIS_SERVER
@CHROMIUM
@pytest.mark.long  # a rung changes seldom, and each takes twenty seconds
@pytest.mark.parametrize("row", ladder()[1:], ids=lambda row: row.name)
@pytest.mark.takes_long("every check of a step, some of which wait for tasks")
def test_the_checks_of_step_05_hold_but_for_the_static_files(row: Row, tmp_path: Path) -> None:
    lacking = [] if row in ON_DAPHNE else LACKING
    said = checks_on(5, make_project(row, tmp_path).folder)
    assert re.findall(r"^✗ (.*?)\s*$", said.text, re.MULTILINE) == lacking, said.text
    assert said.code == bool(lacking), said.text


@pytest.mark.parametrize("row", [ONE_MEMBER, TOP], ids=lambda row: row.name)
def test_who_hangs_or_fails_is_left_behind_and_nobody_else(row: Row, tmp_path: Path) -> None:
    done = run_command(
        [sys.executable, "-c", WITH_VISITORS_WHO], make_project(row, tmp_path).folder
    )
    assert sorted(done.stdout.splitlines()) == [
        *(f"{name} is told {status}" for name in ("Ada", "Bea", "Cleo") for status in STATUSES),
        "fails is closed with 1013",
        "hangs is closed with 1013",
    ], done.stderr
    assert done.stderr.count("A visitor was not told") == 2


@REDIS_SERVER
def test_after_a_silence_the_top_rung_still_listens() -> None:
    with all_running([TOP]) as [site]:
        assert site.visitors.open(1).opened == 1
        time.sleep(SILENT_SECONDS)
        assert site.send() is not None
    assert site.lost == 0


@REDIS_SERVER
@pytest.mark.parametrize("row", [ONE_MEMBER, TOP], ids=lambda row: row.name)
def test_a_message_that_cannot_be_read_ends_nothing(row: Row) -> None:
    with all_running([row]) as [site]:
        assert site.visitors.open(1).opened == 1
        assert site.client.publish(row.group_key, b"\xff\xc1") == 1  # no msgpack, and no UTF-8
        assert site.send() is not None
    assert site.lost == 0
