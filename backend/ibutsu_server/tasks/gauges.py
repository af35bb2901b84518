"""What is looked up with every scrape: queues, workers, imports, stored bytes, and which parts answer."""

from collections.abc import Iterator
from typing import Any

from celery import Celery

from ibutsu_server import observing
from ibutsu_server.domain import usage
from ibutsu_server.observing.readings import Reading
from ibutsu_server.settings import Settings
from ibutsu_server.tasks.vital_signs import Question, VitalSigns


def show(celery: Celery, settings: Settings) -> None:
    """Begin to show the numbers of this process, if anybody wants to see them."""
    observing.listen(settings, Gauges(celery).read)


class Gauges:
    """Never waits for longer than a second; what did not answer is missing, and told to be away."""

    def __init__(self, celery: Celery) -> None:
        def stored() -> int:
            with celery.app_context():
                return usage.stored_in_all()

        self._signs = VitalSigns(celery)
        self._stored = Question(stored)

    def read(self) -> Iterator[Reading]:
        self._stored.ask()
        signs = self._signs.look()
        stored = self._stored.answer()
        up: dict[str, Any] = {"database": signs.work, "broker": signs.queued}
        parts = {name: float(answer is not None) for name, answer in up.items()}
        yield Reading("ibutsu_part_up", "Whether a part answers, as this process sees it.", parts, "part")
        if signs.queued is not None:
            queued = {name: float(number) for name, number in signs.queued.items()}
            yield Reading("ibutsu_queue_tasks", "Tasks that wait for a worker.", queued, "queue")
        if signs.work is not None:
            imports = {status: float(number) for status, number in signs.work.imports.items()}
            alive = {"": float(signs.work.workers)}
            yield Reading("ibutsu_workers_alive", "Workers that gave a sign of life.", alive)
            yield Reading("ibutsu_imports", "Imports that are not over.", imports, "status")
        if stored is not None:
            yield Reading("ibutsu_stored_bytes", "Bytes of artifacts and imports.", {"": float(stored)})
