"""A question that is being answered is not worked on twice: who asks it meanwhile gets the same answer."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import Any, Generic, TypeVar

WAIT_SECONDS = 20
"""Who has waited so long looks for the answer themselves."""

Found = TypeVar("Found")


class SingleFlight(Generic[Found]):
    """Nothing is remembered: who asks after the answer was given begins anew."""

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Future[Found]] = {}

    def answer(self, question: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` returns or raises, here or in the thread that asked the same question first."""
        own: Future[Found] = Future()
        with self._lock:
            flight = self._flights.setdefault(question, own)
        if flight is own:
            return self._fly(question, own, find)
        return find() if wait([flight], self._wait_seconds).not_done else flight.result()

    def _fly(self, question: Hashable, flight: "Future[Any]", find: Callable[[], Found]) -> Found:
        try:
            found = find()
        except BaseException as error:
            self._land(question)
            flight.set_exception(error)
            raise
        self._land(question)
        flight.set_result(found)
        return found

    def _land(self, question: Hashable) -> None:
        with self._lock:
            del self._flights[question]
