"""The push benchmark: how fast a status reaches everybody.

May import `benchmarks.support` and workbook. `variants` are what is compared, `deployments` run
them, `rounds` measure. Begin with `__main__`.
"""
