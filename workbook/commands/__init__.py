"""The verbs, a file each: what `cli` calls once it has read a command line.

They may import every other room of workbook/; only `diff` asks another verb (`start`, for a base).
Begin with the verb at hand: its first function is what `cli` calls.
"""
