"""The worker inside the server does what was asked for and ends with it."""

import threading
import time

import pytest
from sqlalchemy import select

from ibutsu_server import tasks
from ibutsu_server.app import create_app
from ibutsu_server.db import db, upgrade
from ibutsu_server.db.models import Group, ScheduledTask, Worker
from ibutsu_server.db.types import new_id
from ibutsu_server.domain import import_work
from ibutsu_server.settings import Settings
from ibutsu_server.tasks.embedded import background
from ibutsu_server.tasks.run_import import run_import

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@tasks.celery_task
def make_embedded_group() -> None:
    db.session.add(Group(name="made in the background"))


@pytest.fixture
def app(tmp_path):
    settings = Settings(data_dir=tmp_path, jwt_secret="s" * 32, bcrypt_log_rounds=4)
    upgrade.upgrade(settings.database_url)
    app = create_app(settings).app
    app.extensions["celery"].control.purge()  # a queue in memory is one for all applications of a process
    yield app
    with app.app_context():
        db.engine.dispose()


def _eventually(question, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return False


def _is_made():
    db.session.rollback()
    return db.session.scalar(select(Group.name)) == "made in the background"


def test_enqueued_task_is_done_and_the_threads_end(app):
    before = set(threading.enumerate())
    with background(app.extensions["celery"]), app.app_context():
        tasks.enqueue(make_embedded_group)
        db.session.commit()
        assert _eventually(_is_made)
        assert _eventually(_has_sign_of_life)
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    assert left == []


def test_scheduler_remembers_what_it_knows_for_its_next_start(app):
    with background(app.extensions["celery"]), app.app_context():
        assert _eventually(_knows_every_task)


def _knows_every_task():
    db.session.rollback()
    known = set(db.session.scalars(select(ScheduledTask.name)))
    return known == {entry["task"] for entry in tasks.SCHEDULE.values()}


def _has_sign_of_life():
    db.session.rollback()
    return db.session.scalar(select(Worker.kind)) == "embedded"


def test_long_imports_keep_nobody_waiting(app, monkeypatch):
    begun, released = [], threading.Event()

    def take_long(_storage, id_, _policy):
        begun.append(id_)
        released.wait(30)

    monkeypatch.setattr(import_work, "run", take_long)
    with background(app.extensions["celery"]), app.app_context():
        for _ in range(5):
            tasks.enqueue(run_import, str(new_id()))
        tasks.enqueue(make_embedded_group)
        db.session.commit()
        assert _eventually(lambda: len(begun) == 2)
        assert _eventually(_is_made)
        assert len(begun) == 2
        released.set()
