"""What production does to the lesson robust, and what must hold. Each module runs and breaks it.

WITHOUT_CURE=1 in the environment takes away from each snapshot what makes it hold: the tests whose
module names a cure must then be red.
"""
