"""The checks of step 02, create and execute tasks.

May import every package of checks/ but `reporting`, and no other step.
Begin with `test_create_and_execute_tasks`: its checks, in the order they are told.
"""
