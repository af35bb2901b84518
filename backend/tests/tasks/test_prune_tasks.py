"""Long answers are forgotten after a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ibutsu_server.db.models import Task
from ibutsu_server.db.types import now
from ibutsu_server.domain import retention
from ibutsu_server.tasks.prune_tasks import prune_tasks

pytestmark = pytest.mark.integration


@pytest.fixture
def make_task(db_session, make_user):
    user = make_user()

    def make(name, *, age=timedelta(), state="PENDING"):
        task = Task(user_id=user.id, name=name, params={}, state=state, created=now() - age)
        db_session.add(task)
        db_session.commit()
        return task

    return make


def test_only_answers_older_than_a_day_go(db_session, make_task):
    make_task("old", age=timedelta(hours=25))
    make_task("young", age=timedelta(hours=23))
    prune_tasks.apply(throw=True)
    db_session.expire_all()
    assert db_session.scalars(select(Task.name)).all() == ["young"]


def test_whoever_waits_for_a_task_of_an_earlier_start_is_told(db_session, make_task):
    for state in ("PENDING", "STARTED", "RETRY", "SUCCESS"):
        make_task(state, state=state)
    retention.fail_interrupted_tasks()
    db_session.expire_all()
    states = dict(db_session.execute(select(Task.name, Task.state)).all())
    assert states == {"PENDING": "FAILURE", "STARTED": "FAILURE", "RETRY": "FAILURE", "SUCCESS": "SUCCESS"}
    assert "restarted" in db_session.scalars(select(Task.error).where(Task.name == "PENDING")).one()
