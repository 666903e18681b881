"""The files of a learner's project that several checks tell the learner to open."""

CONSUMERS = "status/consumers.py"
SETTINGS, TASKS = "config/settings.py", "status/tasks.py"
