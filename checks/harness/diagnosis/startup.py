"""Why a process or a project did not start, and where to look, as its own log tells."""

from pathlib import Path

from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import diagnose, explain
from checks.harness.server_process import Launched
from checks.verdicts import NotYet

# The guide's section that creates a file, for files that can stop a process at its start.
SECTIONS = {
    "config/__init__.py": "01, Update the root config",
    "config/celery.py": "01, Configure the Celery app",
    "config/settings.py": "01, Update settings.py",
    "config/urls.py": "02, Add the URLs",
    "status/urls.py": "02, Add the URLs",
    "status/views.py": "02, Execute the task in the view",
    "status/tasks.py": "02, Write the task",
    "config/asgi.py": "04, Serve websockets",
    "status/consumers.py": "04, Write the consumer",
    "status/routing.py": "04, Route the websocket",
}
PROCESSES = "01, One file for three terminals"


def ended(launched: Launched) -> NotYet:
    """Say that a process ended, or gave up, before it served anything."""
    code = launched.exit_code()
    if launched.log.note:
        seen = launched.log.note
    elif code is None:
        seen = "an error before it served anything"
    else:
        seen = f"it ended by itself with exit code {code}"
    not_yet = NotYet(
        done=f"started {launched.name}: {launched.command}",
        seen=seen,
        expected="a process that stays",
        look_at=f"Procfile, the line of {launched.role}",
        guide=PROCESSES,
        words=launched.log.tail(),
    )
    return _with_section(not_yet, Evidence(launched.log.text(), launched.log.project))


def not_loaded(said: str, project: Path) -> NotYet:
    """Say that Django does not load the project in the folder `project`, which `said` this."""
    evidence = Evidence(said, project)
    lines = [line for line in evidence.own.splitlines() if line.strip()]
    not_yet = NotYet(
        done="loaded Django with your settings, your URLs and all they import",
        seen=lines[-1] if lines else "it ended without an output",
        expected="no error: nothing else can be checked before",
        look_at="config/settings.py",
        guide="Troubleshooting",
        words=evidence.own,
    )
    return _with_section(not_yet, evidence)


def _with_section(not_yet: NotYet, evidence: Evidence) -> NotYet:
    """Explain it; of a file that no cause names a section for, the section is where it is made."""
    found = diagnose([evidence], otherwise=not_yet.look_at)
    file = found.look_at.partition(",")[0].partition(":")[0] if found else ""
    told = explain(not_yet, evidence)
    if found and not found.guide:
        told.guide = SECTIONS.get(file, not_yet.guide)
    return told
