"""What some tests need besides Python, and what happens where it is missing."""

import os
import shutil
from functools import partial

import pytest

from tests.guide.replay.sandbox.namespaces import has_namespaces
from tests.support.machines.postgres import find_postgresql
from tests.support.machines.proxy import find_nginx
from workbook.browser import find_chromium
from workbook.redis_server.server import find_server

REDIS_SERVER = pytest.mark.redis_server
CHROMIUM = pytest.mark.chromium
NAMESPACES = pytest.mark.namespaces
NGINX = pytest.mark.nginx
POSTGRESQL = pytest.mark.postgresql
SYSTEMD_ANALYZE = pytest.mark.systemd_analyze
# Set by .ci/run, which installs all of it: a skipped test there would be a silent one.
NO_SKIPS = "WORKBOOK_NO_SKIPS"
SHELLS = ("zsh", "fish", "mksh")
FINDERS = {
    "redis_server": (find_server, "a redis-server"),
    "chromium": (find_chromium, "a Chromium"),
    "nginx": (find_nginx, "an nginx"),
    "postgresql": (find_postgresql, "a PostgreSQL server's programs"),
    "systemd_analyze": (lambda: shutil.which("systemd-analyze"), "a systemd-analyze"),
    **{name: (partial(shutil.which, name), f"a {name}") for name in SHELLS},
    "namespaces": (has_namespaces, "namespaces of its own, as Linux gives them"),
}


def require_what_it_needs(item: pytest.Item) -> None:
    """Skip `item` where something it is marked to need is missing; fail it under NO_SKIPS."""
    for name in FINDERS:
        if item.get_closest_marker(name):
            require(name)


def require(name: str) -> None:
    """Skip the test that goes on where what FINDERS calls so is missing; fail it under NO_SKIPS."""
    find, what = FINDERS[name]
    if not find():
        if os.environ.get(NO_SKIPS):
            pytest.fail(f"{what} is missing, and {NO_SKIPS} is set", pytrace=False)
        pytest.skip(f"needs {what}")
