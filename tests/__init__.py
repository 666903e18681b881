"""Proves the workbook itself; the folders mirror what they prove.

May import everything else. `support` is shared: it imports no test, and of tests/ the replay's
`sandbox` alone. Begin with the folder named after the room at hand.
"""
