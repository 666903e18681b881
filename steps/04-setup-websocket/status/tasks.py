from time import sleep

from celery import shared_task


@shared_task(bind=True)
def send_status(self, message=''):
    print('Sending status...')
    print(message)
    for percent in range(0, 100, 20):
        self.update_state(state='PROGRESS', meta={'percent': percent})
        sleep(1)
    return 'RUNNING'
