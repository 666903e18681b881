"""What is told of a process's own words, and where they lead."""

from pathlib import Path

import pytest

from checks.harness.diagnosis import PROCESSES, where_to_look
from checks.harness.process_log import learners_frames

PROJECT = Path("/home/me/work")
OWN = """\
Traceback (most recent call last):
  File "/usr/lib/python3/channels/routing.py", line 23, in get_default_application
    module = importlib.import_module(path)
  File "/home/me/work/config/asgi.py", line 21, in <module>
    from status.routing import websocket_urls
ImportError: cannot import name 'websocket_urls'
"""
FOREIGN = """\
Traceback (most recent call last):
  File "/usr/lib/python3/channels/routing.py", line 25, in get_default_application
    raise ImproperlyConfigured("Cannot import ASGI_APPLICATION module %r" % path)
django.core.exceptions.ImproperlyConfigured: Cannot import ASGI_APPLICATION module 'config.asgi'
"""
DURING = "\nDuring handling of the above exception, another exception occurred:\n\n"


def test_the_cause_in_the_learners_file_is_told_where_a_library_hid_it() -> None:
    words = learners_frames(OWN + DURING + FOREIGN, PROJECT)
    assert 'File "config/asgi.py", line 21' in words
    assert words.endswith("cannot import name 'websocket_urls'")


def test_an_earlier_traceback_of_another_matter_is_not_told() -> None:
    words = learners_frames(OWN + "Watching for file changes\n" + FOREIGN, PROJECT)
    assert words.startswith("django.core.exceptions.ImproperlyConfigured")


@pytest.mark.parametrize(
    ("words", "place", "guide"),
    [
        ('  File "config/asgi.py", line 21, in <module>', "config/asgi.py, line 21", "04, Serve"),
        ('  File "status/consumers.py", line 4', "status/consumers.py, line 4", "04, Write"),
        ('  File "status\\routing.py", line 3', "status/routing.py, line 3", "04, Route"),
        ('  File "notes/models.py", line 7', "notes/models.py, line 7", PROCESSES),
        ("Cannot find ASGI_APPLICATION setting.", "config/settings.py, ASGI_APP", "04, Serve"),
        ("Starting ASGI/Daphne version 4.2.3\nKilled", "Procfile", PROCESSES),
    ],
)
def test_a_process_s_words_lead_to_a_file_and_a_section(words: str, place: str, guide: str) -> None:
    told = where_to_look(words, otherwise="Procfile")
    assert told[0].startswith(place)
    assert told[1].startswith(guide)
