"""Patches on the snapshots: read from a unified diff, and applied without git.

A stage of a step, an exercise, a rung of the ladder and a further lesson are all such patches.
Of the package above it imports `steps` alone. Begin with `patch`, which loads and applies them.
"""
