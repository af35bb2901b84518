"""Workers in processes of their own, over Redis and PostgreSQL, do all the work that is there, once."""

import signal

import pytest
import redis
from helpers import deployment
from helpers.reports import JUNIT
from sqlalchemy import func, select, update

from ibutsu_server import tasks
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Result, Run, Worker
from ibutsu_server.db.types import now
from ibutsu_server.domain import imports, workers
from ibutsu_server.settings import Settings
from ibutsu_server.tasks.resume_imports import resume_imports
from ibutsu_server.tasks.run_import import run_import

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SECRET = "s" * 32


@pytest.fixture
def variables(tmp_path):
    with deployment.database() as database_url, deployment.broker(tmp_path) as broker_url:
        yield {
            "SQLALCHEMY_DATABASE_URI": database_url,
            "CELERY_BROKER_URL": broker_url,
            "IBUTSU_DATA_DIR": str(tmp_path),
            "JWT_SECRET": SECRET,
        }


@pytest.fixture
def app(variables, tmp_path):
    settings = Settings(
        data_dir=tmp_path,
        sqlalchemy_database_uri=variables["SQLALCHEMY_DATABASE_URI"],
        celery_broker_url=variables["CELERY_BROKER_URL"],
        jwt_secret=SECRET,
    )
    with deployment.application(settings) as app:
        yield app


@pytest.fixture
def upload(app):
    """Uploads a file that is like no other; says its id."""
    user_id, project_id = deployment.reporter()
    numbers = iter(range(100))

    def receive():
        sent = imports.Upload([JUNIT], f"{next(numbers)}.xml", "junit", project_id)
        id_ = imports.receive(app.config["STORAGE"], user_id, sent, limit=10**9)[0].id
        tasks.enqueue(run_import, str(id_))
        db.session.commit()
        return id_

    return receive


def _count(*which):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Import).where(*which))


def _all_are_done():
    return deployment.eventually(lambda: _count(Import.status != "done") == 0)


def _stored():
    results = db.session.scalar(select(func.count()).select_from(Result))
    return db.session.scalar(select(func.count()).select_from(Run)), results


def _age():
    """What was uploaded and begun was so two minutes ago."""
    db.session.execute(update(Import).values(heartbeat=now() - 2 * workers.SILENT))
    db.session.commit()


def _resume():
    tasks.enqueue(resume_imports)
    db.session.commit()


def test_forked_processes_import_at_the_same_time(upload, variables):
    for _ in range(8):
        upload()
    with deployment.running("worker", "--concurrency", "2", **variables):
        assert _all_are_done()
        assert _stored() == (8, 24)
        worker = db.session.scalars(select(Worker)).one()
        assert (worker.kind, worker.concurrency) == ("worker", 2)
        assert worker.queues == ["celery", "imports", "upkeep"]
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


def test_worker_takes_only_from_the_queues_that_it_is_given(upload, variables):
    upload()
    with deployment.running("worker", "-Q", "upkeep,celery", "--concurrency", "1", **variables):
        tasks.enqueue(resume_imports)
        db.session.commit()
        assert deployment.eventually(lambda: _count(Import.status == "pending") and _has_worker())
        assert db.session.scalars(select(Worker.queues)).one() == ["celery", "upkeep"]
    with deployment.running("worker", "-Q", "imports", "--concurrency", "1", **variables):
        assert _all_are_done()


def _has_worker():
    return db.session.scalar(select(func.count()).select_from(Worker)) == 1


def test_everything_that_waited_in_a_lost_broker_is_done(upload, variables):
    for _ in range(3):
        upload()
    with deployment.running("worker", "--concurrency", "1", "-Q", "upkeep", **variables):
        assert deployment.eventually(lambda: _count() == 3 and _has_worker())
        with redis.Redis.from_url(variables["CELERY_BROKER_URL"]) as client:
            client.flushall()
        _age()
        _resume()
        with deployment.running("worker", "--concurrency", "1", "-Q", "imports", **variables):
            assert _all_are_done()
    assert _stored() == (3, 9)


def test_import_of_a_killed_worker_is_done_by_another(upload, variables):
    id_ = upload()
    with redis.Redis.from_url(variables["CELERY_BROKER_URL"]) as client:
        client.flushall()
    db.session.execute(update(Import).values(status="running", attempts=1))
    killed = workers.Sign("worker", "lost", 1, ["imports"], 1)
    workers.note(killed, [{"task": "run_import", "about": str(id_)}])
    db.session.execute(update(Worker).values(seen=now() - 2 * workers.SILENT))
    _age()
    _resume()
    with deployment.running("worker", "--concurrency", "1", **variables):
        assert _all_are_done()
    assert _stored() == (1, 3)


def test_scheduler_tells_of_itself(variables, app):
    with deployment.running("beat", **variables) as process:
        assert deployment.eventually(_has_scheduler)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not _has_scheduler()


def _has_scheduler():
    db.session.rollback()
    return db.session.scalar(select(Worker.kind)) == "scheduler"


def test_worker_that_shall_end_gives_back_its_import_for_another_to_do_once(app, variables):
    user_id, project_id = deployment.reporter()
    cases = b"".join(b'<testcase classname="c" name="t%d"/>' % number for number in range(20_000))
    sent = imports.Upload([b'<testsuite name="long">', cases, b"</testsuite>"], "a.xml", "junit", project_id)
    id_ = imports.receive(app.config["STORAGE"], user_id, sent, limit=10**9)[0].id
    tasks.enqueue(run_import, str(id_))
    db.session.commit()
    with deployment.running("worker", "--concurrency", "1", **variables) as process:
        assert deployment.eventually(lambda: _count(Import.status == "running") == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    assert _count(Import.status == "running") == 0
    assert not _has_worker()
    with deployment.running("worker", "--concurrency", "1", **variables):
        assert _all_are_done()
    assert _stored() == (1, 20_000)
