"""Delete old runs."""

from ibutsu_server.domain import retention
from ibutsu_server.tasks import celery_task


@celery_task
def prune_old_runs(months: int) -> None:
    retention.prune_runs(months * retention.MONTH)
