"""Tries the workbook on every Python and with both Djangos: `python3 workbook test --versions`.

May import benchmarks, checks and workbook. Begin with `rounds`, which says what is tried; `grounds`
finds the Pythons, `table` prints to the terminal. The guide's table is `benchmarks.guide_figures`.
"""
