"""Delete the file of an import that is done."""

import uuid

from celery import current_app

from ibutsu_server.domain import retention
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def clear_import_file_content(import_id: str) -> None:
    retention.clear_import_file(Storage.open(current_app.conf.artifacts_url), uuid.UUID(import_id))
