"""Whether SECRET_KEY is still the one that `startproject` wrote into the settings."""

import re
from pathlib import Path

from checks.verdicts import NotYet

# Django marks the keys that its own command writes. A key read from elsewhere may have it as the
# default; any other literal is the learner's own affair.
WRITTEN = re.compile(r"^[ \t]*SECRET_KEY\s*(?::\s*str\s*)?=\s*['\"]django-insecure-", re.MULTILINE)


def require_key_from_environment(folder: Path, settings_file: str) -> None:
    """Raise NotYet where the settings of the project in `folder` hold the key as it was written.

    `settings_file` is the one that Django is told to load, from that folder on; a package of
    settings has more of them.
    """
    holder = (folder / settings_file).parent
    if holder.name == "settings":
        holder = holder.parent
    for file in sorted(holder.glob("settings*.py")) + sorted(holder.glob("settings/*.py")):
        text = file.read_text(encoding="utf-8", errors="replace")
        if found := WRITTEN.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise NotYet(
                done="looked for SECRET_KEY in the settings",
                seen="the one that startproject wrote: a SECRET_KEY in the environment or in .env "
                "changes nothing",
                expected="the one from the environment, with this one as the default at most",
                look_at=f"{file.relative_to(folder).as_posix()}, line {line}: what reads the key?",
                guide="01, Create .env",
            )
