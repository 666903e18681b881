"""The files of a learner's project that several checks tell the learner to open."""

from __future__ import annotations

CONSUMERS = "status/consumers.py"
SETTINGS, TASKS = "config/settings.py", "status/tasks.py"
