from django.db import models


class SentTask(models.Model):
    visitor = models.UUIDField(db_index=True)
    task_id = models.UUIDField(unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
