"""What was due while the server was off is done when it is on again."""

from datetime import timedelta

import pytest

from ibutsu_server.db.models import ScheduledTask
from ibutsu_server.db.types import now
from ibutsu_server.domain import schedule
from ibutsu_server.errors import Unavailable
from ibutsu_server.tasks.scheduler import Scheduler

pytestmark = pytest.mark.integration

NAME = "prune_tasks"


def _is_due(celery):
    return Scheduler(celery).schedule[NAME].is_due().is_due


def test_nothing_is_due_at_the_very_first_start(celery, db_session):
    assert not _is_due(celery)


def test_missed_task_is_due_at_the_start(celery, db_session):
    db_session.add(ScheduledTask(name=NAME, started=now() - timedelta(days=2), ended=now()))
    db_session.commit()
    assert _is_due(celery)


def test_server_that_never_runs_at_night_cleans_up_in_the_morning(celery, db_session):
    db_session.add(ScheduledTask(name=NAME, known_since=now() - timedelta(days=2)))
    db_session.commit()
    assert _is_due(celery)


def test_database_that_is_away_keeps_nobody_from_starting(celery, db_session, monkeypatch):
    def fail(_names):
        raise Unavailable("away")

    monkeypatch.setattr(schedule, "known_since", fail)
    assert not _is_due(celery)
