"""The checks of step 05, websocket and Celery.

May import every package of checks/ but `reporting`, and no other step.
Begin with `test_websocket_celery`: its checks, in the order they are told.
"""
