"""The verbs, a file each: `add_arguments(parser)` and `handle(options)`, as Django's commands.

They may import every other package of workbook/; only `diff` imports another verb (`start`, for a
base). Begin with the `handle` of the verb at hand: `cli` imports that module alone, and calls it.
"""
