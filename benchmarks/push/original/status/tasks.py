import time

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.layers import get_channel_layer


@shared_task
def send_status(message=""):
    print("Sending status...")
    print(message)
    time.sleep(2)
    return "RUNNING"


@shared_task
def send_status_periodically(num_iterations=5):
    channel_layer = get_channel_layer()
    statuses = ["RUNNING", "FINISHED"]
    iteration = 0

    while iteration < num_iterations:
        status_index = iteration % 2
        status = statuses[status_index]
        async_to_sync(channel_layer.group_send)(  # Send message to WebSocket
            "status", {"type": "send_status", "status": status}
        )
        iteration += 1
        time.sleep(5)  # Sleep for 5 seconds before sending the next status
