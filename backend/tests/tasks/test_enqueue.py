"""Tasks are sent after the commit, and a task commits once or not at all."""

import pytest
from kombu.exceptions import OperationalError
from sqlalchemy import select

from ibutsu_server import tasks
from ibutsu_server.db import db
from ibutsu_server.db.models import Group
from ibutsu_server.errors import Unavailable

pytestmark = pytest.mark.integration


class Recorder:
    """Stands in for a task: remembers what was sent."""

    def __init__(self) -> None:
        self.sent = []

    def apply_async(self, args):
        self.sent.append(args)


class BrokenBroker:
    def apply_async(self, _args):
        raise OperationalError("connection refused")


@pytest.fixture
def task():
    return Recorder()


def test_task_is_sent_after_the_commit(db_session, task):
    tasks.enqueue(task, "a", 1)
    assert task.sent == []
    db_session.execute(select(1))
    db_session.commit()
    assert task.sent == [("a", 1)]


def test_task_is_sent_once(db_session, task):
    tasks.enqueue(task, "a")
    db_session.execute(select(1))
    db_session.commit()
    db_session.execute(select(1))
    db_session.commit()
    assert task.sent == [("a",)]


def test_commit_without_any_statement_sends_as_well(db_session, task):
    tasks.enqueue(task, "a")
    db_session.commit()
    assert task.sent == [("a",)]


def test_rolled_back_request_sends_nothing(db_session, task):
    tasks.enqueue(task, "a")
    db_session.execute(select(1))
    db_session.rollback()
    db_session.execute(select(1))
    db_session.commit()
    assert task.sent == []


def test_request_that_is_never_committed_sends_nothing(flask_app, task):
    client, _ = flask_app
    with client.application.app_context():
        tasks.enqueue(task, "a")
        db.session.execute(select(1))
    with client.application.app_context():
        db.session.execute(select(1))
        db.session.commit()
    assert task.sent == []


def test_savepoint_does_not_send_early(db_session, task):
    with db_session.begin_nested():
        tasks.enqueue(task, "a")
    assert task.sent == []
    db_session.commit()
    assert task.sent == [("a",)]


def test_savepoint_that_is_rolled_back_takes_only_its_own_tasks(db_session, task):
    tasks.enqueue(task, "outer")
    nested = db_session.begin_nested()
    tasks.enqueue(task, "inner")
    nested.rollback()
    db_session.commit()
    assert task.sent == [("outer",)]


def test_broker_that_is_down_is_told_and_what_was_committed_stays(db_session):
    db_session.add(Group(name="stays"))
    tasks.enqueue(BrokenBroker())
    with pytest.raises(Unavailable, match="background work"):
        db_session.commit()
    db.session.remove()
    assert db.session.scalar(select(Group.name)) == "stays"


@tasks.celery_task
def make_group(name: str) -> None:
    db.session.add(Group(name=name))


@tasks.celery_task
def make_group_and_fail() -> None:
    db.session.add(Group(name="never"))
    db.session.flush()
    raise ZeroDivisionError


def _names(application):
    with application.app_context():
        return db.session.scalars(select(Group.name)).all()


def test_task_commits_at_its_end(flask_app):
    client, _ = flask_app
    make_group.apply(["from a task"])
    assert _names(client.application) == ["from a task"]


def test_task_that_fails_leaves_nothing(flask_app):
    client, _ = flask_app
    assert make_group_and_fail.apply().failed()
    assert _names(client.application) == []


@pytest.mark.unit
def test_every_scheduled_task_exists(celery):
    celery.loader.import_default_modules()
    assert {entry["task"] for entry in tasks.SCHEDULE.values()} <= set(celery.tasks)


@pytest.mark.unit
def test_deployed_tasks_survive_a_lost_worker():
    celery = tasks.create_celery(None, broker_url="redis://127.0.0.1/0", artifacts_url="memory://")
    assert celery.conf.task_acks_late
    assert celery.conf.task_reject_on_worker_lost
    assert celery.conf.task_ignore_result
    assert celery.conf.broker_transport_options["visibility_timeout"] == 3600
