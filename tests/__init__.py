"""Proves the workbook itself; the folders mirror what they prove.

May import everything else. `support` is shared: it imports no test, and of tests/ the replay's
`sandbox` alone. Begin with the folder named after the room at hand.
"""

import os

# The tests say how long something takes, on a machine that they share with others like them: limits
# of time are as they are written. Here, before a module is imported that reckons with it.
os.environ.setdefault("WORKBOOK_SLOWNESS", "1")
