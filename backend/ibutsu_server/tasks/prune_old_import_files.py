"""Delete old imports."""

from datetime import timedelta

from celery import current_app

from ibutsu_server.domain import retention
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def prune_old_import_files(days: int) -> None:
    retention.prune_imports(Storage.open(current_app.conf.artifacts_url), timedelta(days=days))
