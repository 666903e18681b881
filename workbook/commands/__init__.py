"""The verbs, a file each: `add_arguments(parser)` and `handle(options)`, as Django's commands.

They may import every other package of workbook/, but no other verb. Begin with the `handle` of the
verb at hand: `cli` imports that module alone, and calls it.
"""
