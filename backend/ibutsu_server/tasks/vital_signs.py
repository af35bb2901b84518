"""How the background work goes, in numbers that are never waited for long."""

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

from celery import Celery

from ibutsu_server.domain import health
from ibutsu_server.tasks import queues

log = logging.getLogger(__name__)

FRESH_SECONDS = 5
WAIT_SECONDS = 1


class Signs(NamedTuple):
    """The workers that are alive, the imports under way, and the tasks that wait in each queue."""

    work: health.Work | None
    queued: dict[str, int] | None


class VitalSigns:
    """Of a database or a broker that does not answer there are none."""

    def __init__(self, celery: Celery) -> None:
        def of_database() -> health.Work:
            with celery.app_context():
                return health.work()

        self._work = Question(of_database)
        self._queued = Question(lambda: queues.lengths(celery))

    def look(self) -> Signs:
        """Both are asked at the same time."""
        self._work.ask()
        self._queued.ask()
        return Signs(self._work.answer(), self._queued.answer())


class Question:
    """Asked in a thread of its own, so that who wants to know can go on without the answer."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._answer: Any = None
        self._asked = float("-inf")
        self._is_answered = threading.Event()
        self._is_answered.set()

    def ask(self) -> None:
        """Unless it was asked just now."""
        with self._lock:
            if self._is_answered.is_set() and monotonic() - self._asked >= FRESH_SECONDS:
                self._is_answered.clear()
                self._asked = monotonic()
                threading.Thread(target=self._run, name="vital signs", daemon=True).start()

    def answer(self) -> Any:
        """None where there was no answer in time, the latest one otherwise."""
        is_in_time = self._is_answered.wait(max(self._asked + WAIT_SECONDS - monotonic(), 0))
        return self._answer if is_in_time else None

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except Exception as error:  # noqa: BLE001 - whatever the clients of brokers and databases raise
            log.warning("The background work cannot be looked at: %s", error)
            self._answer = None
        finally:
            self._is_answered.set()
