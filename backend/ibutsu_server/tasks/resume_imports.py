"""Begin imports again that were lost with their worker or with the queue."""

from datetime import timedelta

from celery import current_app
from kombu.exceptions import OperationalError

from ibutsu_server.domain import import_work, imports, workers
from ibutsu_server.tasks import IMPORTS, celery_task, enqueue, queues
from ibutsu_server.tasks.run_import import run_import


@celery_task
def resume_imports(silent_seconds: float = imports.SILENT.total_seconds()) -> None:
    lost = [*imports.take_back(timedelta(seconds=silent_seconds)), *workers.take_from_lost()]
    if _is_nothing_queued():
        lost += workers.take_from_queue()
    for id_ in lost:
        enqueue(run_import, str(id_))
    for id_ in imports.half_stored():
        import_work.discard(id_)
    workers.forget_lost()


def _is_nothing_queued() -> bool:
    """What waits and is not in the queue either is about to be begun, or was in a queue that is gone."""
    try:
        return queues.lengths(current_app)[IMPORTS] == 0
    except OperationalError:
        return False
