"""The worker of a real server does imports, and begins again at its start what another one left behind."""

import time
from datetime import timedelta

import pytest
from helpers import deployment
from helpers.reports import JUNIT
from sqlalchemy import func, select, update

from ibutsu_server import tasks
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.domain import imports
from ibutsu_server.settings import Settings
from ibutsu_server.tasks.embedded import background
from ibutsu_server.tasks.resume_imports import resume_imports
from ibutsu_server.tasks.run_import import run_import

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture
def app(tmp_path):
    settings = Settings(data_dir=tmp_path, jwt_secret="s" * 32, bcrypt_log_rounds=4)
    with deployment.application(settings) as app:
        app.extensions["celery"].control.purge()  # a queue in memory is one for all applications of a process
        yield app


@pytest.fixture
def upload(app):
    """Uploads a file; says its id."""
    user_id, project_id = deployment.reporter()

    def receive(content):
        sent = imports.Upload([content], "junit.xml", "junit", project_id)
        return imports.receive(app.config["STORAGE"], user_id, sent, limit=10**9)[0].id

    return receive


def _ends(id_, seconds=30):
    """The state in which an import comes to its end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        db.session.rollback()
        status = db.session.scalar(select(Import.status).where(Import.id == id_))
        if status in ("done", "error"):
            return status
        time.sleep(0.05)
    return None


def test_uploaded_files_are_worked_off(app, upload):
    ids = [upload(JUNIT), upload(b"<testsuites>")]
    for id_ in ids:
        tasks.enqueue(run_import, str(id_))
    db.session.commit()
    with background(app.extensions["celery"]):
        assert [_ends(id_) for id_ in ids] == ["done", "error"]
    assert db.session.scalar(select(Run.tests)) == 3


def test_what_a_killed_server_left_is_begun_again_at_the_start(app, upload):
    id_ = upload(JUNIT)
    db.session.execute(update(Import).values(status="running", heartbeat=now() - timedelta(seconds=1)))
    tasks.enqueue(resume_imports, 0)
    db.session.commit()
    with background(app.extensions["celery"]):
        assert _ends(id_) == "done"
    assert db.session.scalar(select(func.count()).select_from(Result)) == 3
