"""Tells the database that this process is alive and what it does, and gives back what it cannot finish."""

import logging
import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

from celery import Celery
from celery.worker import state

from ibutsu_server.db import db
from ibutsu_server.domain import workers
from ibutsu_server.errors import Error
from ibutsu_server.tasks import QUEUES, enqueue
from ibutsu_server.tasks.run_import import run_import

log = logging.getLogger(__name__)

BEAT_SECONDS = 10
GRACE_SECONDS = 5
"""How long imports may go on in a process that shall end: containers are killed after ten."""


class Heart:
    """Beats in a thread of its own from `start` to `stop`."""

    def __init__(
        self, celery: Celery, kind: str, *, queues: Sequence[str] = (), concurrency: int = 0
    ) -> None:
        known = [name for name in QUEUES if name in queues]
        self.sign = workers.Sign(kind, socket.gethostname(), os.getpid(), known, concurrency)
        self._celery = celery
        self._wake = threading.Event()
        self._is_stopped = False
        self._deadline: float | None = None
        self._given_back: set[UUID] = set()
        self._thread = threading.Thread(target=self._live, name="heart", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hurry(self) -> None:
        """The process shall end: after the grace period its imports go to others."""
        self._deadline = monotonic() + GRACE_SECONDS
        self._wake.set()

    def stop(self) -> None:
        """The process ends now; imports that it still has go to others at once."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._is_stopped:
            self._beat()
            self._wake.wait(self._pause())
            self._wake.clear()
            if self._deadline is not None and monotonic() >= self._deadline:
                self._deadline = None
                self._give_back()
        self._give_back()
        with suppress(Error), self._celery.app_context():
            workers.leave(self.sign)
            db.session.commit()

    def _pause(self) -> float:
        if self._deadline is None:
            return BEAT_SECONDS
        return min(BEAT_SECONDS, max(self._deadline - monotonic(), 0))

    def _beat(self) -> None:
        """Nobody but the log is told when that fails: the next one comes soon."""
        try:
            with self._celery.app_context():
                workers.note(self.sign, _doing())
                db.session.commit()
        except Error as error:
            log.info("A sign of life could not be stored: %s", error.message)

    def _give_back(self) -> None:
        under_way = {UUID(doing["about"]) for doing in _doing() if doing["task"] == run_import.name}
        ids = under_way - self._given_back
        if not ids:
            return
        self._given_back |= ids
        with suppress(Error), self._celery.app_context():  # else they are missed after a minute
            for id_ in workers.give_back(ids):
                enqueue(run_import, str(id_))
            db.session.commit()


def _doing() -> list[dict[str, str]]:
    """The tasks of this process that are under way, each with the id that it is about."""
    return [{"task": one.name, "about": str(next(iter(one.args), ""))[:36]} for one in _requests()]


def _requests() -> list[Any]:
    for _ in range(5):
        with suppress(RuntimeError):  # it changed while it was read
            return list(state.active_requests)
    return []
