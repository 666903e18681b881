"""The benchmark `watch`: from a save to the ✗ that its fault causes, beside a cold `check`.

Begin with `__main__`; `faults` are what is saved, `watching` is what is measured with.
"""
