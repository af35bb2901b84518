"""Starts what is due, and what was due while no scheduler ran."""

import logging
from typing import Any

from celery import beat

from ibutsu_server.db import db
from ibutsu_server.domain import schedule
from ibutsu_server.errors import Unavailable

log = logging.getLogger(__name__)


class Scheduler(beat.Scheduler):  # type: ignore[misc]
    """Remembers in the database when each task was begun last."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        with self.app.app_context():
            try:
                begun = schedule.known_since(entry.task for entry in self.schedule.values())
                db.session.commit()
            except Unavailable:
                log.warning("The database does not tell when tasks were begun last: none is due now")
                return
        for entry in self.schedule.values():
            entry.last_run_at = begun[entry.task]

    @property
    def info(self) -> Any:
        return "    . schedule -> the database, when each task was begun last"
