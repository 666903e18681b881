"""Tries the workbook on every Python and with both Djangos: `python3 workbook test --versions`.

May import benchmarks, checks and workbook. Begin with `rounds`, which says what is tried; `grounds`
finds the Pythons, `table` prints to the terminal. What a round came to is `benchmarks.versions`,
the guide's table `benchmarks.guide_figures`.
"""
