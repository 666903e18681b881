"""The checks of step 04, set up a websocket.

May import every package of checks/ but `reporting`, and no other step.
Begin with `test_setup_websocket`: its checks, in the order they are told.
"""
