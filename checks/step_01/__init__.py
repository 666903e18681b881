"""The checks of step 01, configure Celery.

May import every package of checks/ but `reporting`, and no other step.
Begin with `test_configure_celery`: its checks, in the order they are told.
"""
