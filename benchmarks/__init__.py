"""What pushing, polling and setting up cost, measured: `python3 workbook bench`.

May import workbook; `checks` is measured by benchmarks.checks alone. Begin with a benchmark's
`__main__`: its `rounds` measure, its `results` are kept in results/, as are the proven `versions`.
`guide_figures` draws what the guide shows of all these records: charts, tables, captions.
"""
