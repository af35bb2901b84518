"""Delete old results."""

from ibutsu_server.domain import retention
from ibutsu_server.tasks import celery_task


@celery_task
def prune_old_results(months: int) -> None:
    retention.prune_results(months * retention.MONTH)
