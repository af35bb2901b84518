"""What is stored is counted exactly, whatever happens to it and in whatever order."""

import logging
import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers import db_builders
from sqlalchemy import func, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Project, Result, Run, Usage
from ibutsu_server.db.types import now
from ibutsu_server.domain import (
    artifacts,
    deletion,
    imports,
    projects,
    quotas,
    results,
    retention,
    retention_batches,
    runs,
    usage,
    usage_reports,
)
from ibutsu_server.domain.policies import Policy
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
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


class Life:
    """Random things that people and tasks do with two projects."""

    def __init__(self, storage, user, seed):
        self.random = random.Random(seed)
        self.storage = storage
        self.user = user
        self.projects = [db_builders.project(), db_builders.project()]
        self.posted = 0

    def step(self):
        deeds = [
            *[self.post_run] * 3,
            *[self.post_result] * 8,
            *[self.attach] * 8,
            *[self.upload] * 3,
            self.delete,
            self.delete,
            self.move_run,
            self.move_result,
            self.keep_run,
            self.clear_file,
            self.retain,
            self.change_their_mind,
        ]
        self.random.choice(deeds)()
        db.session.commit()
        db.session.expunge_all()

    def any(self, entity):
        return self.random.choice(db.session.scalars(select(entity).order_by(entity.id)).all() or [None])

    def project(self):
        return self.random.choice(self.projects).id

    def age(self):
        return (now() - self.random.randrange(100) * DAY).isoformat()

    def post_run(self):
        runs.add(self.project(), {"metadata": {}, "start_time": self.age()})

    def post_result(self):
        run = self.any(Run)
        body = {"test_id": "t", "start_time": self.age(), "result": "passed", "duration": 1}
        if run is not None and self.random.random() < 0.8:
            results.add(run.project_id, {**body, "run_id": str(run.id)})
        else:
            results.add(self.project(), body)
        self.posted += 1

    def attach(self):
        parent = self.any(self.random.choice([Run, Result]))
        if parent is not None:
            content = [b"x" * self.random.randrange(1, 1000)]
            made, _ = artifacts.receive(self.storage, parent, artifacts.Upload(content, "a.log"), limit=1000)
            uploaded = now() - self.random.randrange(100) * DAY
            db.session.execute(update(Artifact).where(Artifact.id == made.id).values(upload_date=uploaded))

    def upload(self):
        content = [b"x" * self.random.randrange(1, 1000)]
        place = self.random.choice([None, self.project()])
        sent = imports.Upload(content, "a.xml", "junit", project_id=place)
        made, is_there = imports.receive(self.storage, self.user.id, sent, limit=1000)
        if not is_there:
            made.created = now() - self.random.randrange(100) * DAY
            made.status = self.random.choice(["done", "error", "pending"])

    def delete(self):
        entity, verb = self.random.choice(
            [(Run, runs), (Result, results), (Artifact, artifacts), (Import, imports)]
        )
        thing = self.any(entity)
        if thing is not None:
            verb.remove(thing)

    def move_run(self):
        run = self.any(Run)
        if run is not None:
            runs.change(run, {}, project_id=self.project())

    def move_result(self):
        result = self.any(Result)
        run = self.any(Run)
        if result is not None and run is not None:
            results.change(result, {"run_id": str(run.id)}, project_id=run.project_id)

    def keep_run(self):
        run = self.any(Run)
        if run is not None:
            run.is_kept = not run.is_kept

    def clear_file(self):
        import_ = self.any(Import)
        if import_ is not None:
            retention.clear_import_file(self.storage, import_.id)

    def retain(self):
        ages = sorted(self.random.randrange(30, 100) for _ in range(3))
        names = ("keep_artifacts_days", "keep_results_days", "keep_runs_days")
        retention.apply(
            self.storage, Policy(**dict(zip(names, ages, strict=True)), keep_imports_days=ages[0])
        )

    def change_their_mind(self):
        posted = self.posted
        for deed in (self.attach, self.upload, self.delete, self.post_result):
            deed()
        db.session.rollback()
        self.posted = posted


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counted_bytes_are_those_of_the_tables_after_whatever_happens(storage, make_user, seed):
    life = Life(storage, make_user(), seed)
    for _ in range(STEPS):
        life.step()
        for project in life.projects:
            assert usage.stored_bytes(project.id) == _stored(project.id)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_result_that_was_sent_is_stored_or_counted_as_removed(storage, make_user, seed):
    life = Life(storage, make_user(), seed)
    for _ in range(STEPS):
        life.step()
        stored = sum(usage.stored_results(project.id) for project in life.projects)
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
