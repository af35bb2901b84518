"""Forget sign-ins, mailed codes and repeatable answers that are over."""

from ibutsu_server.domain import retention
from ibutsu_server.tasks import celery_task


@celery_task
def forget_expired() -> None:
    retention.forget_expired()
