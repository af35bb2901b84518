"""Work off an import."""

import uuid
from functools import partial

from celery import current_app

from ibutsu_server.domain import import_work
from ibutsu_server.errors import Unavailable
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task

RETRIES = 8
LONGEST_WAIT_SECONDS = 300


@partial(
    celery_task,
    autoretry_for=(Unavailable,),
    max_retries=RETRIES,
    retry_backoff=2,
    retry_backoff_max=LONGEST_WAIT_SECONDS,
)
def run_import(import_id: str) -> None:
    import_work.run(Storage.open(current_app.conf.artifacts_url), uuid.UUID(import_id))
