"""What is stored is counted exactly, whatever happens to it and in whatever order."""

import logging
import threading
from datetime import UTC, datetime

import pytest
from freezegun import freeze_time
from helpers import db_builders
from helpers.life import DAY, Life
from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Project, Result, Run, Usage
from ibutsu_server.db.types import now
from ibutsu_server.domain import (
    artifacts,
    deletion,
    imports,
    projects,
    quotas,
    retention,
    retention_batches,
    usage,
    usage_reports,
)
from ibutsu_server.domain.policies import Policy
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration

SEEDS = 8
STEPS = 60


@pytest.fixture
def storage(flask_app):
    return Storage.open("memory://")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(deletion, "SIZE", 2)
    monkeypatch.setattr(retention_batches, "BATCH", 2)


def _sum(column, *conditions):
    return int(db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)))


def _stored(project_id):
    """What the tables hold, counted row by row."""
    kept = Import.project_id == project_id, Import.storage_key.is_not(None)
    return _sum(Artifact.size, Artifact.project_id == project_id) + _sum(Import.size, *kept)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counted_bytes_are_those_of_the_tables_after_whatever_happens(storage, make_user, seed):
    life = Life(storage, make_user(), seed)
    for _ in range(STEPS):
        life.step()
        for project_id in life.projects:
            assert usage.stored_bytes(project_id) == _stored(project_id)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_result_that_was_sent_is_stored_or_counted_as_removed(storage, make_user, seed):
    life = Life(storage, make_user(), seed)
    for _ in range(STEPS):
        life.step()
        stored = sum(map(usage.stored_results, life.projects))
        assert stored + _sum(Usage.removed_results) == life.posted


def test_runs_that_lost_some_of_their_results_are_counted_like_the_others(make_run, storage):
    run = make_run()
    for day in range(7):
        for outcome in ("failed", "passed"):
            db_builders.result(
                run_id=run.id, project_id=run.project_id, start_time=now() - day * DAY, result=outcome
            )
    retention.apply(storage, Policy(keep_results_days=4))
    db.session.expire_all()
    found = db.session.get_one(Run, run.id)
    assert (found.tests, found.failures, found.passes, found.result_count) == (8, 4, 4, 8)
    assert found.duration == pytest.approx(8)


def test_deleted_project_leaves_no_counters(make_artifact, storage, make_user):
    artifact = make_artifact()
    project = db.session.get_one(Project, artifact.project_id)
    sent = imports.Upload([b"x"], "a.xml", "junit", project_id=project.id)
    imports.receive(storage, make_user().id, sent, limit=9)
    projects.remove(project)
    db.session.commit()
    assert db.session.scalars(select(Usage)).all() == []


def test_what_was_given_up_in_a_savepoint_is_not_counted(make_project):
    project = make_project()
    usage.add(project.id, stored_bytes=1)
    with db.session.begin_nested() as savepoint:
        usage.add(project.id, stored_bytes=10)
        savepoint.rollback()
    with db.session.begin_nested():
        usage.add(project.id, stored_bytes=100)
    assert usage.stored_bytes(project.id) == 101
    db.session.commit()
    assert usage.stored_bytes(project.id) == 101


def test_parallel_writers_lose_nothing(make_project, flask_app):
    project = make_project()
    app = flask_app[0].application

    def write():
        with app.app_context():
            for _ in range(20):
                usage.add(project.id, stored_bytes=1)
                db.session.commit()

    if db.engine.dialect.name == "sqlite":
        pytest.skip("a database in memory has one connection")
    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert usage.stored_bytes(project.id) == 100


def test_recount_repairs_and_tells_a_difference(make_artifact, make_project, caplog):
    artifact, right = make_artifact(content=b"12345"), make_project()
    usage.add(artifact.project_id, stored_bytes=7)
    db.session.commit()
    with caplog.at_level(logging.WARNING):
        usage.repair()
    assert usage.stored_bytes(artifact.project_id) == 5
    assert f"project {artifact.project_id} were counted wrong by 7" in caplog.text
    assert str(right.id) not in caplog.text


def test_recount_forgets_projects_that_are_gone(make_project):
    usage.add(db_builders.new_id(), stored_bytes=7)
    db.session.commit()
    usage.repair()
    db.session.commit()
    assert db.session.scalars(select(Usage)).all() == []


class TestMonths:
    @freeze_time("2026-03-15 12:00:00", ignore=["celery"])
    def test_results_count_in_the_month_of_their_run(self, make_project, make_run, make_result):
        project = make_project()
        run = make_run(project_id=project.id, start_time=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
        for _ in range(2):
            make_result(run_id=run.id, project_id=project.id)
        make_result(run_id=None, project_id=project.id, start_time=datetime(2026, 2, 1, tzinfo=UTC))
        make_result(run_id=None, project_id=project.id, start_time=datetime(2025, 2, 1, tzinfo=UTC))
        found = {month.month: month.results for month in usage_reports.months(project.id, 3)}
        assert found == {"2026-03": 0, "2026-02": 1, "2026-01": 2}

    def test_results_that_were_removed_still_count(self, make_project, make_run, make_result, storage):
        project = make_project()
        old = {"project_id": project.id, "start_time": now()}
        run = make_run(**old)
        for _ in range(5):
            make_result(run_id=run.id, **old)
        make_result(run_id=None, **old)
        with freeze_time(now() + 40 * DAY):
            retention.apply(storage, Policy(keep_results_days=10))
            retention.apply(storage, Policy(keep_runs_days=10))
            assert Run.query.count() == Result.query.count() == 0
            assert sum(month.results for month in usage_reports.months(project.id, 3)) == 6
            assert usage.stored_results(project.id) == 0

    def test_files_count_in_the_month_of_their_upload_and_stay_counted(self, make_run, storage, make_user):
        run = make_run()
        made, _ = artifacts.receive(storage, run, artifacts.Upload([b"12345"], "a.log"), limit=9)
        sent = imports.Upload([b"123"], "a.xml", "junit", project_id=run.project_id)
        imports.receive(storage, make_user().id, sent, limit=9)
        db.session.commit()
        artifacts.remove(db.session.get_one(Artifact, made.id))
        db.session.commit()
        (month,) = usage_reports.months(run.project_id, 1)
        assert (month.artifact_bytes, month.import_bytes, month.imports) == (5, 3, 1)
        assert usage.stored_bytes(run.project_id) == 3


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (10 * 1024**3 - 200 * 1024**2, "9.8 GiB"),
        (5 * 1024**4, "5.0 TiB"),
        (5000 * 1024**4, "5000.0 TiB"),
    ],
)
def test_bytes_are_told_as_people_say_them(size, text):
    assert quotas.told(size) == text
