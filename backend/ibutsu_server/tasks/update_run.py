"""Count the results of a run again."""

import uuid

from ibutsu_server.domain import repairs
from ibutsu_server.tasks import celery_task


@celery_task
def update_run(run_id: str) -> None:
    repairs.update_run(uuid.UUID(run_id))
