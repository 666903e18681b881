"""What the checks of several steps need: fixtures, the first checks of each, names of files.

May import `verdicts`, `target`, `clients` and `harness`, and no step.
Begin with `fixtures`, then `startup_checks`.
"""
