"""What is told of a process's own words."""

from pathlib import Path

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
