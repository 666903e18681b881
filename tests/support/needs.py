"""What some tests need besides Python, and what happens where it is missing."""

import os

import pytest

from tests.guide.replay.private import has_namespaces
from workbook.chromium import find_chromium
from workbook.redis_servers import find_server

REDIS_SERVER = pytest.mark.redis_server
CHROMIUM = pytest.mark.chromium
NAMESPACES = pytest.mark.namespaces
# Set by .ci/run, which installs all of it: a skipped test there would be a silent one.
NO_SKIPS = "WORKBOOK_NO_SKIPS"
FINDERS = {
    "redis_server": (find_server, "a redis-server"),
    "chromium": (find_chromium, "a Chromium"),
    "namespaces": (has_namespaces, "namespaces of its own, as Linux gives them"),
}


def require_what_it_needs(item: pytest.Item) -> None:
    """Skip `item` where something it is marked to need is missing; fail it under NO_SKIPS."""
    for name, (find, what) in FINDERS.items():
        if item.get_closest_marker(name) and not find():
            if os.environ.get(NO_SKIPS):
                pytest.fail(f"{what} is missing, and {NO_SKIPS} is set", pytrace=False)
            pytest.skip(f"needs {what}")
