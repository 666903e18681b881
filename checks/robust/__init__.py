"""The checks of the further lesson robust: faults that few projects meet, one after the other.

May import every package of checks/ but `reporting`, and no step.
Begin with `test_make_it_robust`: its checks, in the order they are told.
"""
