"""Count the results of runs that have come to rest."""

from ibutsu_server.domain import tallying
from ibutsu_server.tasks import celery_task


@celery_task
def tally_results() -> None:
    tallying.tally()
