"""The poll benchmark: what asking costs, beside being told.

May import `benchmarks.support`, `benchmarks.push` (deployments) and workbook.
Begin with `__main__`.
"""
