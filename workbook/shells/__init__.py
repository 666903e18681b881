"""A person's own shell, started in a folder with the environment active.

`detection` finds out which one it is, `startup` how that one is started.
"""
