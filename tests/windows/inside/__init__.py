"""Runs on Windows itself, in a clone, with its own Python: `-m tests.windows.inside.run_step`.

Each module plays one scenario and prints what it saw as sentences; it exits with 1 where something
did not hold.
"""
