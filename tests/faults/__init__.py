"""What production does to the lesson robust, and what must hold. Each module runs and breaks it.

WITHOUT_CURE=1 in the environment takes away from each snapshot what makes it hold, the CURES of the
module: the tests must then be red. Two have no cure to lose, and stay green: what Celery does by
itself, `test_redis_restarts_between_posts`, and test_many_tasks, which nothing was seen to break.
"""
