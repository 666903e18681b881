"""The checks benchmark: from a saved file to a verdict.

May import `benchmarks.support`, checks and workbook.
Begin with `__main__`.
"""
