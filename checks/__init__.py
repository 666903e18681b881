"""What a learner runs against their own project: a folder of checks for each step.

May import workbook; no step's checks import another's. A check needs `verdicts`, `clients`,
`harness` and `common`; `reporting` is for the conftest alone. Begin with `verdicts`, then a step.
"""
