"""The pools benchmark: which of the worker's pools serves what.

May import `benchmarks.support` and workbook.
Begin with `__main__`.
"""
