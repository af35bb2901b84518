"""Delete old artifacts."""

from ibutsu_server.domain import retention
from ibutsu_server.tasks import celery_task


@celery_task
def prune_old_files(months: int) -> None:
    retention.prune_artifacts(months * retention.MONTH)
