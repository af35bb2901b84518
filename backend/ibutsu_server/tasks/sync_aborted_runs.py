"""Count the results of recent runs again where their number is wrong."""

from datetime import timedelta

from ibutsu_server.domain import repairs
from ibutsu_server.tasks import celery_task

STARTED_WITHIN = timedelta(hours=3)


@celery_task
def sync_aborted_runs() -> None:
    repairs.sync_runs(STARTED_WITHIN)
