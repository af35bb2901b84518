"""What is looked up with every scrape: queues, workers, imports, stored bytes, and which parts answer."""

from collections.abc import Iterator

from celery import Celery

from ibutsu_server import observing
from ibutsu_server.domain import health, usage
from ibutsu_server.observing.readings import Reading
from ibutsu_server.settings import Settings
from ibutsu_server.tasks import queues
from ibutsu_server.tasks.vital_signs import Question


def show(celery: Celery, settings: Settings) -> None:
    """Begin to show the numbers of this process, if anybody wants to see them."""
    observing.listen(settings, Gauges(celery).read)


class Gauges:
    """Never waits for longer than a second; what did not answer is missing, and told to be away."""

    def __init__(self, celery: Celery) -> None:
        def of_database() -> tuple[health.Work, int]:
            with celery.app_context():
                return health.work(), usage.stored_in_all()

        self._database = Question(of_database)
        self._broker = Question(lambda: queues.lengths(celery))

    def read(self) -> Iterator[Reading]:
        self._database.ask()
        self._broker.ask()
        found, queued = self._database.answer(), self._broker.answer()
        parts = {"database": float(found is not None), "broker": float(queued is not None)}
        yield Reading("ibutsu_part_up", "Whether a part answers, as this process sees it.", parts, "part")
        if queued is not None:
            yield Reading("ibutsu_queue_tasks", "Tasks that wait for a worker.", queued, "queue")
        if found is not None:
            work, stored = found
            yield Reading("ibutsu_workers_alive", "Workers that gave a sign of life.", {"": work.workers})
            yield Reading("ibutsu_imports", "Imports that are not over.", work.imports, "status")
            yield Reading("ibutsu_stored_bytes", "Bytes of artifacts and imports.", {"": stored})
