"""A process that works tells of itself, and gives back what it cannot finish."""

import threading
from types import SimpleNamespace

import pytest
from celery.worker import state
from helpers.deployment import eventually

from ibutsu_server.db import db
from ibutsu_server.db.models import Import
from ibutsu_server.db.types import now
from ibutsu_server.domain import workers
from ibutsu_server.errors import TookTooLong, Unavailable
from ibutsu_server.tasks import heart
from ibutsu_server.tasks.heart import Heart
from ibutsu_server.tasks.run_import import run_import

pytestmark = pytest.mark.integration


class Request(SimpleNamespace):
    """A task under way, in a set that refers weakly to it."""

    __hash__ = object.__hash__


@pytest.fixture
def sent(monkeypatch):
    sent = []
    monkeypatch.setattr(run_import, "apply_async", sent.append)
    return sent


@pytest.fixture
def under_way(make_import):
    import_ = make_import(status="running", heartbeat=now())
    request = Request(name="run_import", args=[str(import_.id)])
    state.active_requests.add(request)
    yield import_
    state.active_requests.discard(request)


@pytest.fixture
def beats(monkeypatch):
    """Stops each heart behind its beat: a database in memory has one connection, for all threads."""
    beat, came, may_go_on = Heart._beat, threading.Semaphore(0), threading.Semaphore(0)

    def beat_and_wait(living):
        beat(living)
        came.release()
        may_go_on.acquire(timeout=30)

    monkeypatch.setattr(Heart, "_beat", beat_and_wait)
    return SimpleNamespace(wait=lambda: came.acquire(timeout=30), go_on=may_go_on.release)


def _known():
    db.session.rollback()
    db.session.expire_all()
    return workers.known()


def _status(import_):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Import, import_.id).status


def test_process_is_known_while_it_lives(celery, under_way, sent, beats):
    living = Heart(celery, "worker", queues=["upkeep", "imports", "other"], concurrency=3)
    living.start()
    assert beats.wait()
    (worker,) = _known()
    assert (worker.queues, worker.concurrency) == (["imports", "upkeep"], 3)
    assert worker.doing == [{"task": "run_import", "about": str(under_way.id)}]
    beats.go_on()
    living.stop()
    assert _known() == []


def test_import_that_ends_with_its_process_goes_to_others(celery, under_way, sent):
    living = Heart(celery, "worker")
    living.start()
    living.stop()
    assert (_status(under_way), sent) == ("pending", [(str(under_way.id),)])


def test_import_that_takes_too_long_goes_to_others_before_the_process_is_killed(
    celery, under_way, sent, monkeypatch
):
    monkeypatch.setattr(heart, "GRACE_SECONDS", 0.5)
    living = Heart(celery, "worker")
    living.start()
    living.hurry()
    assert eventually(lambda: sent, 10)
    assert _status(under_way) == "pending"
    living.stop()


@pytest.mark.parametrize("failure", [Unavailable("away"), TookTooLong("busy")])
def test_database_that_was_away_hears_of_it_later(celery, db_session, monkeypatch, beats, failure):
    note, failures = workers.note, [failure]

    def fail_once(sign, doing):
        if failures:
            raise failures.pop()
        note(sign, doing)

    monkeypatch.setattr(workers, "note", fail_once)
    monkeypatch.setattr(heart, "BEAT_SECONDS", 0.1)
    living = Heart(celery, "scheduler")
    living.start()
    assert beats.wait()
    assert _known() == []
    beats.go_on()
    assert beats.wait()
    assert _known()
    beats.go_on()
    living.stop()
