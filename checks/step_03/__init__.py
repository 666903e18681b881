"""The checks of step 03, poll the task's status.

May import every package of checks/ but `reporting`, and no other step.
Begin with `test_poll_task_status`: its checks, in the order they are told.
"""
