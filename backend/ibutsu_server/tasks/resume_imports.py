"""Begin imports again that were lost, and delete uploaded files that belong to none."""

from datetime import timedelta

from celery import current_app

from ibutsu_server.domain import imports
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task, enqueue
from ibutsu_server.tasks.run_import import run_import


@celery_task
def resume_imports(silent_seconds: float = imports.SILENT.total_seconds()) -> None:
    for id_ in imports.take_back(timedelta(seconds=silent_seconds)):
        enqueue(run_import, str(id_))
    imports.clean_up(Storage.open(current_app.conf.artifacts_url))
