"""Whether this process can do what it is asked for: it answers soon, whatever does not."""

from collections.abc import Callable, Collection

from celery import Celery

from ibutsu_server.domain import health
from ibutsu_server.errors import SettingsError
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import MEMORY, queues
from ibutsu_server.tasks.vital_signs import Question

DATABASE, STORAGE, BROKER = ("database", "migrations"), ("storage",), ("broker",)
"""What is asked together, one thing after the other."""

FRESH_SECONDS = 2
"""However often probes come, each part is asked only so often."""


class Readiness:
    """`stop` says that the process will end: whoever chooses among several shall choose others."""

    def __init__(self, celery: Celery) -> None:
        probe = Storage.probe(celery.conf.artifacts_url)
        checks: dict[tuple[str, ...], Callable[[], Collection[str]]] = {
            DATABASE: lambda: _database(celery),
            STORAGE: _all(STORAGE, probe.check),
        }
        if celery.conf.broker_url != MEMORY:
            checks[BROKER] = _all(BROKER, lambda: queues.lengths(celery))
        self._questions = {
            parts: Question(check, f"The readiness ({parts[0]})", fresh_seconds=FRESH_SECONDS)
            for parts, check in checks.items()
        }
        self.is_stopping = False

    def stop(self) -> None:
        self.is_stopping = True

    def look(self) -> dict[str, bool]:
        """Of each part whether it answers as it should; all are asked at the same time."""
        for question in self._questions.values():
            question.ask()
        answers = {parts: question.answer() or () for parts, question in self._questions.items()}
        return {part: part in answer for parts, answer in answers.items() for part in parts}


def _all(parts: tuple[str, ...], check: Callable[[], object]) -> Callable[[], Collection[str]]:
    def ask() -> Collection[str]:
        check()
        return parts

    return ask


def _database(celery: Celery) -> Collection[str]:
    with celery.app_context():
        health.check_database()
        try:
            health.check_tables()
        except SettingsError:
            return DATABASE[:1]
        return DATABASE
