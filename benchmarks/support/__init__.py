"""What the benchmarks share: visitors by the hundred, figures of a run, results on disk.

May import workbook, and no benchmark.
Begin with `load_generator`, which commands a `load_worker` full of `visitors`.
"""
