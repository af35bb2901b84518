"""Give results of old clients the start time that the metadata has under another name."""

import uuid

from ibutsu_server.domain import repairs
from ibutsu_server.tasks import celery_task


@celery_task
def add_result_start_time(run_id: str) -> None:
    repairs.add_start_times(uuid.UUID(run_id))
