"""The workbook on Windows: on a machine that runs it, or under Wine on a Debian.

Begin with `wine` (the system that is made once), then `clone` (the workbook on it, called as a
learner calls it). What is in `inside/` runs on Windows itself.
"""
