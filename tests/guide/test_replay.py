"""The guide's pages, followed to the letter: each leads to its snapshot and shows what is true."""

from pathlib import Path

import pytest

from tests.guide.replay.replay_page import STEPS, pages
from tests.guide.replay.sandbox.entrypoint import OWN_WORK, SITE
from tests.guide.replay.sandbox.namespaces import follow_in, private_copy
from tests.support.skip_markers import CHROMIUM, NAMESPACES, REDIS_SERVER

pytestmark = [CHROMIUM, NAMESPACES, REDIS_SERVER]


@pytest.mark.parametrize("page", pages())
@pytest.mark.takes_long("each page is typed, run and waited for, as a reader would")
def test_a_reader_who_has_the_page_alone_ends_at_the_snapshot_and_sees_what_it_shows(
    page: str, site: Path
):
    with private_copy() as copy:
        done = follow_in(copy, [page, SITE, str(site)])
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_a_reader_who_never_lays_a_base_gets_from_an_empty_folder_to_the_last_snapshot(site: Path):
    with private_copy() as copy:
        done = follow_in(copy, [*STEPS, OWN_WORK, SITE, str(site)])
    assert done.returncode == 0, done.stdout
