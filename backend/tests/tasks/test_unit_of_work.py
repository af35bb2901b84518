"""What was away is tried again, what fails for good is told, and what is due leaves a note."""

from datetime import timedelta

import pytest
from celery.exceptions import Reject, Retry
from celery.schedules import crontab
from kombu.exceptions import OperationalError
from sqlalchemy import select, update

from ibutsu_server import tasks
from ibutsu_server.db import db
from ibutsu_server.db.models import Group, ScheduledTask
from ibutsu_server.db.types import now
from ibutsu_server.domain import schedule
from ibutsu_server.errors import TookTooLong, Unavailable
from ibutsu_server.tasks import unit_of_work

pytestmark = pytest.mark.integration

BY_BEAT = {"celery_beat_task": True}
outcomes: list[Exception | None] = []
"""What the next attempts come to."""


@tasks.celery_task
def make_due_group() -> None:
    db.session.add(Group(name="due"))
    if outcomes and (failure := outcomes.pop(0)):
        raise failure


@pytest.fixture(autouse=True)
def is_due(celery, db_session, monkeypatch):
    monkeypatch.setitem(tasks.SCHEDULE, "due", {"task": "make_due_group", "schedule": crontab()})
    assert "due" in celery.conf.beat_schedule
    outcomes.clear()


def _groups():
    db.session.rollback()
    return len(db.session.scalars(select(Group.id)).all())


def _note():
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(ScheduledTask, "make_due_group")


def test_what_was_away_is_tried_again():
    outcomes.extend([Unavailable("away"), Unavailable("away"), None])
    make_due_group.apply()
    assert (_groups(), outcomes) == (1, [])


def test_commit_that_fails_is_tried_again(monkeypatch):
    commit, ends = db.session.commit, ["noted that it begins", Unavailable("away")]

    def fail_once():
        if ends and isinstance(end := ends.pop(0), Unavailable):
            raise end
        commit()

    monkeypatch.setattr(db.session, "commit", fail_once)
    make_due_group.apply()
    assert (_groups(), ends) == (1, [])


def test_what_stays_away_is_given_up_and_told():
    outcomes.extend([Unavailable("away")] * 99)
    assert make_due_group.apply().failed()
    assert len(outcomes) == 99 - 1 - unit_of_work.RETRIES
    assert (_groups(), _note().error) == (0, "away")


def test_failure_for_good_is_told_at_once_and_forgotten_with_a_success():
    outcomes.append(ZeroDivisionError("a number was zero"))
    assert make_due_group.apply().failed()
    note = _note()
    assert (note.error, note.failing_since is None, note.ended is None) == ("a number was zero", False, False)
    make_due_group.apply(throw=True)
    assert (_note().error, _groups()) == (None, 1)


@pytest.mark.parametrize("failure", [Unavailable("away"), TookTooLong("busy")])
def test_failure_is_told_by_celery_though_it_could_not_be_noted(monkeypatch, failure):
    def fail(*_args):
        raise failure

    monkeypatch.setattr(schedule, "fail", fail)
    outcomes.append(ZeroDivisionError("a number was zero"))
    with pytest.raises(ZeroDivisionError):
        make_due_group.apply(throw=True)


def test_second_scheduler_does_no_harm():
    for _ in range(2):
        make_due_group.apply(headers=BY_BEAT, throw=True)
    assert _groups() == 1


def test_next_time_it_is_done_again():
    make_due_group.apply(headers=BY_BEAT, throw=True)
    db.session.execute(update(ScheduledTask).values(started=now() - timedelta(minutes=1)))
    db.session.commit()
    make_due_group.apply(headers=BY_BEAT, throw=True)
    assert _groups() == 2


def test_whoever_asks_for_a_task_gets_it():
    make_due_group.apply(headers=BY_BEAT, throw=True)
    make_due_group.apply(throw=True)
    assert _groups() == 2


def test_message_stays_with_a_broker_that_does_not_take_the_next(monkeypatch):
    def refuse(*_args, **_options):
        raise Reject(OperationalError("connection refused"), requeue=False)

    monkeypatch.setattr(make_due_group, "retry", refuse)
    with pytest.raises(Reject) as refused:
        raise make_due_group._get_current_object()._later(Unavailable("away"))
    assert refused.value.requeue


def test_waits_grow_and_differ(monkeypatch):
    waits = []

    def note(**options):
        waits.append(options["countdown"])
        return Retry()

    task = make_due_group._get_current_object()
    monkeypatch.setattr(task, "retry", note)
    for attempt in range(8):
        for _ in range(20):
            task.push_request(retries=attempt)
            task._later(Unavailable("away"))
            task.pop_request()
    assert max(waits[:20]) <= 2 < max(waits[-20:]) <= unit_of_work.LONGEST_WAIT_SECONDS
    assert len(set(waits)) > 10
