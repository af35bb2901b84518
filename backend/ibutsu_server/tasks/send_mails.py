"""Send the mails that were promised: at once, and every minute those that had to wait."""

from celery import current_app

from ibutsu_server.domain import mails
from ibutsu_server.tasks import celery_task


@celery_task
def send_mails() -> None:
    mails.send_due(current_app.conf.post)
