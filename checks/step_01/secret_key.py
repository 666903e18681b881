"""Whether Django's key is still where `startproject` typed it, instead of in the environment."""

from __future__ import annotations

import re
from pathlib import Path

from checks.verdicts import NotYet

# Django marks the keys that its own command writes. A key read from elsewhere may have it as the
# default; any other literal is the learner's own affair.
TYPED = re.compile(r"^[ \t]*SECRET_KEY\s*(?::\s*str\s*)?=\s*['\"]django-insecure-", re.MULTILINE)


def require_key_from_environment(folder: Path) -> None:
    """Raise NotYet where a settings file of the project in `folder` holds the key that was made."""
    for file in sorted(folder.glob("*/settings*.py")) + sorted(folder.glob("*/settings/*.py")):
        text = file.read_text(encoding="utf-8", errors="replace")
        if found := TYPED.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise NotYet(
                done="looked for Django's key in the settings",
                seen="the one that startproject typed: a SECRET_KEY in the environment or in .env "
                "changes nothing",
                expected="the environment's, and the typed one as its default at the most",
                look_at=f"{file.relative_to(folder).as_posix()}, line {line}: what reads the key?",
                guide="01, Create .env",
            )
