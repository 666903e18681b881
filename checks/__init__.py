"""What a learner runs against their own project: a folder of checks a step.

May import workbook, and no step's checks those of another. A check needs `verdicts`, `clients`,
`harness` and `common`; `reporting` is for the conftest alone. Begin with `verdicts`, then a step.
"""
