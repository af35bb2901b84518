"""Forget long answers that nobody will fetch any more."""

from datetime import timedelta

from ibutsu_server.domain import retention
from ibutsu_server.tasks import celery_task

OLDER_THAN = timedelta(days=1)


@celery_task
def prune_tasks() -> None:
    retention.prune_tasks(OLDER_THAN)
