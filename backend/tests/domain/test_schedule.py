"""What is due is done once at a time, and its outcome is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from ibutsu_server.db.models import ScheduledTask
from ibutsu_server.db.types import now
from ibutsu_server.domain import schedule

pytestmark = pytest.mark.integration

NAME = "prune_tasks"


@pytest.fixture
def outcome(db_session):
    def ask():
        db_session.expire_all()
        return db_session.get(ScheduledTask, NAME)

    return ask


@pytest.fixture
def begun(db_session):
    """The task was begun some time ago, and ended or not."""

    def begin(ago, *, is_ended=True):
        schedule.begin_alone(NAME, "first")
        ended = now() if is_ended else None
        db_session.execute(update(ScheduledTask).values(started=now() - ago, ended=ended))
        db_session.commit()

    return begin


def test_task_is_begun_when_it_was_never(db_session, outcome):
    assert schedule.begin_alone(NAME, "first")
    assert outcome().started


def test_what_two_schedulers_ask_for_is_begun_once(begun):
    begun(timedelta(seconds=5))
    assert not schedule.begin_alone(NAME, "second")


def test_task_that_is_under_way_is_not_begun_beside_it(begun):
    begun(timedelta(minutes=1), is_ended=False)
    assert not schedule.begin_alone(NAME, "second")


def test_next_time_comes(begun):
    begun(timedelta(minutes=1))
    assert schedule.begin_alone(NAME, "second")


def test_task_whose_worker_is_lost_is_begun_again(begun):
    begun(timedelta(minutes=6), is_ended=False)
    assert schedule.begin_alone(NAME, "second")


def test_message_that_is_delivered_again_is_begun_at_once(begun):
    begun(timedelta(seconds=5), is_ended=False)
    assert schedule.begin_alone(NAME, "first")


def test_first_failure_is_remembered_until_a_success(db_session, outcome):
    schedule.begin(NAME, "first")
    schedule.fail(NAME, "the disk is full")
    since = outcome().failing_since
    schedule.begin(NAME, "second")
    schedule.fail(NAME, "x" * 9999)
    assert (outcome().failing_since, len(outcome().error)) == (since, 500)
    schedule.succeed(NAME)
    assert (outcome().failing_since, outcome().error) == (None, None)
    assert [task.name for task in schedule.outcomes()] == [NAME]


def test_tasks_are_known_since_they_were_heard_of_or_begun(db_session, outcome):
    first = schedule.known_since([NAME])[NAME]
    assert schedule.known_since([NAME]) == {NAME: first}
    schedule.begin(NAME, "first")
    assert schedule.known_since([NAME])[NAME] == outcome().started > first
