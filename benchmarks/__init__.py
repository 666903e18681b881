"""What pushing and polling cost, measured: `python3 workbook bench`.

May import workbook; `checks` is measured by benchmarks.checks alone. docs_ext shows what was
recorded. Begin with a benchmark's `__main__`: its `rounds` measure, its `results` are what is kept.
"""
