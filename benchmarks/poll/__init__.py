"""The poll benchmark: what polling costs, compared with pushing.

May import `benchmarks.support`, `benchmarks.push` (deployments) and workbook.
Begin with `__main__`.
"""
