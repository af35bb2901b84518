"""Remove stored bytes that no artifact points to."""

from celery import current_app

from ibutsu_server.domain import artifacts
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def clean_up_artifacts() -> None:
    artifacts.clean_up(Storage.open(current_app.conf.artifacts_url), artifacts.ABANDONED_AFTER)
