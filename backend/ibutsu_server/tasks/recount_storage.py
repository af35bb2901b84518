"""Count again how many bytes each project stores."""

from ibutsu_server.domain import usage
from ibutsu_server.tasks import celery_task


@celery_task
def recount_storage() -> None:
    usage.repair()
