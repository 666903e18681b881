"""The lines that Django's own commands write one way in one version, and another way in the next.

`startproject` names the version in its heading and links to that version's documentation. Until 5.2
it also names the type of primary keys, and so does `startapp`; from 6.0 on that type is Django's
default, and the lines are gone. None of it is the learner's doing, so whatever compares a project
with a snapshot passes over it, and the guide is the same whichever Django builds it.
"""

from __future__ import annotations

import re

# Right behind these is a version of Django's.
VERSION = re.compile(
    r"(?<=by 'django-admin startproject' using Django )\d+(?:\.\d+)+"
    r"|(?<=docs\.djangoproject\.com/en/)\d+\.\d+(?=/)"
)
GENERATOR = re.compile(r"using Django (\d+)\.(\d+)")
FIRST_WITHOUT_KEY_TYPE = (6, 0)
# In settings.py, and in an app's apps.py.
KEY_TYPE = re.compile(
    r"\n# Default primary key field type\n# https://docs\.djangoproject\.com/en/[\d.]+/ref/settings/"
    r"#default-auto-field\n\nDEFAULT_AUTO_FIELD = 'django\.db\.models\.BigAutoField'\n"
    r"|    default_auto_field = 'django\.db\.models\.BigAutoField'\n"
)
# What is right above it, in every version.
ABOVE_KEY_TYPE = re.compile(r"^STATIC_URL = 'static/'\n|^class \w+\(AppConfig\):\n", re.MULTILINE)


def without_versions(line: str) -> str:
    """Return a line with N in the place of Django's version."""
    return VERSION.sub("N", line)


def as_in_project(snapshot: str, own: str) -> str:
    """Return a snapshot's file with Django's own lines as the same file of a project has them.

    All else stays the snapshot's. A project that names a Django older than 6.0 must have the type
    of primary keys.
    """
    aligned = _with_versions_of(own, snapshot)
    return KEY_TYPE.sub("", aligned) if _may_lack_key_type(own) else aligned


def as_in_snapshot(generated: str, snapshot: str) -> str:
    """Return a file that Django has just written, as the Django of the snapshot would write it."""
    text = _with_versions_of(snapshot, generated)
    key_type, place = KEY_TYPE.search(snapshot), ABOVE_KEY_TYPE.search(text)
    if KEY_TYPE.search(text) or not key_type or not place:
        return text
    return text[: place.end()] + key_type[0] + text[place.end() :]


def _with_versions_of(other: str, text: str) -> str:
    theirs = {without_versions(line): line for line in other.splitlines(keepends=True)}
    # By the whole line: a link that a listing brings keeps the version that the page gives it.
    return "".join(
        theirs.get(without_versions(line), line) for line in text.splitlines(keepends=True)
    )


def _may_lack_key_type(own: str) -> bool:
    if "default_auto_field" in own.lower():
        return False
    generator = GENERATOR.search(own)
    # An app's file names no version.
    return not generator or tuple(map(int, generator.groups())) >= FIRST_WITHOUT_KEY_TYPE
