"""The pytest plugin that tells what the checks found, and what to do next.

May import `verdicts`, `target`, `progress` and workbook. Nothing under checks/ imports it but the
conftest. Begin with `outcomes` (exceptions become verdicts), then `reporter` (prints them in their
colours, and leaves the counts to pytest); `summary` writes what to do next, `formatting` wraps and
cleans.
"""
