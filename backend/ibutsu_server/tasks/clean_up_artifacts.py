"""Remove stored bytes that no artifact and no import points to."""

from celery import current_app

from ibutsu_server.domain import artifacts, imports, packs
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def clean_up_artifacts() -> None:
    storage = Storage.open(current_app.conf.artifacts_url)
    artifacts.clean_up(storage, artifacts.ABANDONED_AFTER)
    packs.clean_up(storage, artifacts.ABANDONED_AFTER)
    imports.clean_up(storage, artifacts.ABANDONED_AFTER)
