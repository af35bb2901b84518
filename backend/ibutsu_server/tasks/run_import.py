"""Work off an import."""

import uuid

from celery import current_app

from ibutsu_server.domain import import_work
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def run_import(import_id: str) -> None:
    storage = Storage.open(current_app.conf.artifacts_url)
    import_work.run(storage, uuid.UUID(import_id), current_app.conf.policy)
