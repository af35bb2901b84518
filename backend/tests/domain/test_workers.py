"""Workers give signs of life, and the imports of those that do not any more wait again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from ibutsu_server.db.models import Import, Worker
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import workers

pytestmark = pytest.mark.integration

LONG = 2 * workers.SILENT


def _doing(*imports):
    return [{"task": "run_import", "about": str(one.id)} for one in imports]


@pytest.fixture
def work(db_session):
    """A worker that was heard of some time ago, with what it did then."""

    def note(*imports, ago=timedelta(), kind="worker"):
        sign = workers.Sign(kind, "host", 1, ["imports"], 1)
        workers.note(sign, _doing(*imports))
        db_session.execute(update(Worker).where(Worker.id == sign.id).values(seen=now() - ago))
        db_session.commit()
        return sign

    return note


@pytest.fixture
def status(db_session):
    def ask(*imports):
        db_session.expire_all()
        return [db_session.get(Import, one.id).status for one in imports]

    return ask


def _running(make_import, ago=LONG):
    return make_import(status="running", heartbeat=now() - ago, attempts=1)


def test_sign_of_life_is_kept_once(work, db_session):
    sign = work()
    workers.note(sign, [{"task": "prune_tasks", "about": ""}])
    db_session.commit()
    (worker,) = workers.known()
    assert (worker.hostname, worker.doing) == ("host", [{"task": "prune_tasks", "about": ""}])


def test_worker_that_leaves_is_not_known_any_more(work):
    workers.leave(work())
    assert workers.known() == []


def test_who_only_starts_what_is_due_is_no_worker(work):
    work()
    work(kind="embedded")
    work(kind="scheduler")
    work(ago=LONG)
    assert workers.count_alive() == 2


def test_lost_workers_are_forgotten_after_some_minutes(work, db_session):
    kept = work(ago=LONG)
    work(ago=timedelta(minutes=6))
    workers.forget_lost()
    db_session.commit()
    assert [worker.id for worker in workers.known()] == [kept.id]


def test_imports_of_a_lost_worker_wait_again(work, make_import, status):
    lost = _running(make_import)
    work(lost, ago=LONG)
    assert workers.take_from_lost() == [lost.id]
    assert status(lost) == ["pending"]


def test_imports_of_a_living_worker_go_on_in_silence(work, make_import, status):
    quiet = _running(make_import)
    work(quiet)
    assert workers.take_from_lost() == []
    assert status(quiet) == ["running"]


def test_imports_that_were_heard_of_go_on_before_their_worker_tells_of_them(work, make_import, status):
    fresh = _running(make_import, ago=timedelta(seconds=20))
    work()
    assert workers.take_from_lost() == []
    assert status(fresh) == ["running"]


def test_imports_that_are_not_in_the_queue_are_found(make_import, status):
    old = make_import(status="pending", heartbeat=now() - LONG)
    make_import(status="pending", heartbeat=now())
    make_import(status="done", heartbeat=now() - LONG)
    assert workers.take_from_queue() == [old.id]
    assert workers.take_from_queue() == []
    assert status(old) == ["pending"]


def test_only_imports_under_way_can_be_given_back(make_import, status):
    running, done = _running(make_import), make_import(status="done")
    assert workers.give_back([running.id, done.id, new_id()]) == [running.id]
    assert status(running, done) == ["pending", "done"]
