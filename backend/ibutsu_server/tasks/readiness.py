"""Whether this process can do what it is asked for: it answers soon, whatever does not."""

from collections.abc import Callable

from celery import Celery

from ibutsu_server.domain import health
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import MEMORY, queues
from ibutsu_server.tasks.vital_signs import Question

FRESH_SECONDS = 2
"""However often probes come, each part is asked only so often."""


class Readiness:
    """`stop` says that the process will end: whoever chooses among several shall choose others."""

    def __init__(self, celery: Celery) -> None:
        probe = Storage.probe(celery.conf.artifacts_url)
        checks: dict[str, Callable[[], object]] = {
            "database": lambda: _in_context(celery, health.check_database),
            "migrations": lambda: _in_context(celery, health.check_tables),
            "storage": probe.check,
        }
        if celery.conf.broker_url != MEMORY:
            checks["broker"] = lambda: queues.lengths(celery)
        self._questions = {
            name: Question(_answers(check), f"The readiness ({name})", fresh_seconds=FRESH_SECONDS)
            for name, check in checks.items()
        }
        self.is_stopping = False

    def stop(self) -> None:
        self.is_stopping = True

    def look(self) -> dict[str, bool]:
        """Of each part whether it answers as it should; all are asked at the same time."""
        for question in self._questions.values():
            question.ask()
        return {name: question.answer() is True for name, question in self._questions.items()}


def _answers(check: Callable[[], object]) -> Callable[[], bool]:
    def ask() -> bool:
        check()
        return True

    return ask


def _in_context(celery: Celery, check: Callable[[], None]) -> None:
    with celery.app_context():
        check()
