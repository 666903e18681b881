"""What setting up costs, from a fresh clone to the first status: today's way, and the former one.

May import benchmarks.support and workbook. Begin with `ways`, then `rounds`.
"""
