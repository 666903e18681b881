"""What production does to the snapshots, and what must hold. Each module runs one, and breaks it.

WITHOUT_CURE=1 in the environment takes away from each snapshot what makes it hold: the tests whose
module names a cure must then be red.
"""
