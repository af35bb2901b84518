"""A PostgreSQL with tables of months: the same answers, found where they are, and old months go at once."""

import os
import re
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fixtures.constants import JWT_SECRET
from fixtures.database import postgresql
from flask import Flask
from helpers import db_builders
from helpers.processes import run
from sqlalchemy import create_engine, event, text

from ibutsu_server.access import Scope
from ibutsu_server.app import create_app
from ibutsu_server.db import bulk, db, months
from ibutsu_server.db.models import Artifact, AuditEntry, Project, ProjectPolicy, Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.db.upgrade import upgrade
from ibutsu_server.domain import artifacts, listing, results, retention, retention_months, usage
from ibutsu_server.domain.policies import Policy
from ibutsu_server.errors import Conflict
from ibutsu_server.settings import Settings
from ibutsu_server.storage import Storage

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TODAY = now()
OLD = TODAY - timedelta(days=100)
BETWEEN = (OLD.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0)
"""An hour of the first day of the month after the old one."""


@pytest.fixture
def url() -> Iterator[str]:
    if "TEST_POSTGRESQL_URL" not in os.environ:
        pytest.skip("TEST_POSTGRESQL_URL names no server")
    with postgresql(os.environ["TEST_POSTGRESQL_URL"]) as url:
        upgrade(url)
        yield url


@pytest.fixture
def app(url, tmp_path) -> Iterator[Flask]:
    """The application on a database that had tables of months when it came."""
    _divide(url, since=TODAY - timedelta(days=200))
    settings = Settings(
        data_dir=tmp_path,
        sqlalchemy_database_uri=url,
        celery_broker_url="memory://",
        storage_url=tmp_path.as_uri(),
        jwt_secret=JWT_SECRET,
        bcrypt_log_rounds=4,
    )
    app = create_app(settings).app
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _divide(url: str, **options) -> None:
    engine = create_engine(url, connect_args={"options": "-c timezone=utc"})
    with engine.begin() as connection:
        months.divide(connection, TODAY, **options)
    engine.dispose()


def _months(table: str) -> list[str]:
    return [month.name for month in months.of(db.session.connection(), table)]


def _rows(url: str, statement: str) -> list[tuple]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(statement)).all()
    engine.dispose()
    return [tuple(row) for row in found]


class TestDividing:
    def test_rows_stay_and_new_ones_go_where_they_belong(self, url):
        _insert(url, "2026-01-15", "2026-09-15", "2099-01-15")
        _divide(url, since=datetime(2026, 9, 1, tzinfo=UTC))
        _insert(url, "2026-10-15")
        where = _rows(url, "SELECT tableoid::regclass::text, start_time::date::text FROM results ORDER BY 2")
        assert where == [
            ("results_before", "2026-01-15"),
            ("results_2026_09", "2026-09-15"),
            ("results_2026_10", "2026-10-15"),
            ("results_other", "2099-01-15"),
        ]

    def test_every_month_has_the_indexes_and_keys_of_the_whole(self, url):
        before = _rows(url, _INDEXED.format("results")) + _rows(url, _INDEXED.format("artifacts"))
        _divide(url)
        after = _rows(url, _INDEXED.format("results")) + _rows(url, _INDEXED.format("artifacts"))
        assert after == before
        assert len(_rows(url, _INDEXED.format("results_before"))) == len(
            _rows(url, _INDEXED.format("results"))
        )
        assert {name for (name,) in _rows(url, _FOREIGN)} == {
            "fk_results_project_id_projects",
            "fk_results_run_id_project_id_runs",
            "fk_artifacts_project_id_projects",
            "fk_artifacts_run_id_project_id_runs",
        }

    def test_nobody_else_may_use_the_database(self, url):
        engine = create_engine(url)
        with engine.connect() as other:
            other.execute(text("SELECT 1"))
            with pytest.raises(Conflict, match="stop servers, workers and beat first"):
                _divide(url)
        engine.dispose()

    def test_command_says_which_tables_there_are(self, url):
        variables = {"SQLALCHEMY_DATABASE_URI": url, "CELERY_BROKER_URL": "memory://", "JWT_SECRET": "s" * 32}
        done = run("db", "partition", "--since", f"{TODAY:%Y-%m}", **variables)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[:2] == ["results_before", f"results_{TODAY:%Y_%m}"]
        again = run("db", "partition", **variables)
        assert (again.returncode, again.stdout) == (1, "")
        assert "Error: The database has tables of months already" in again.stderr

    def test_it_is_done_once(self, url):
        _divide(url)
        with pytest.raises(Conflict, match="has tables of months already"):
            _divide(url)

    def test_sqlite_has_none(self):
        with create_engine("sqlite://").connect() as connection:
            assert not months.are_used(connection)
            with pytest.raises(Conflict, match="Only PostgreSQL"):
                months.divide(connection, TODAY)

    def test_months_are_made_before_they_begin_and_take_in_what_was_early(self, url):
        _divide(url)
        later = TODAY + timedelta(days=200)
        _insert(url, f"{later:%Y-%m-%d}")
        engine = create_engine(url, connect_args={"options": "-c timezone=utc"})
        with engine.begin() as connection:
            made = months.make_ahead(connection, later)
            assert f"results_{later:%Y_%m}" in made
            assert months.make_ahead(connection, later) == []
        engine.dispose()
        assert _rows(url, "SELECT tableoid::regclass::text FROM results") == [(f"results_{later:%Y_%m}",)]


_INDEXED = """
SELECT regexp_replace(pg_get_indexdef(indexrelid), '.* USING', '') FROM pg_index
WHERE indrelid = to_regclass('{}') AND NOT indisprimary ORDER BY 1
"""
_FOREIGN = """
SELECT conname FROM pg_constraint
WHERE contype = 'f' AND conrelid IN (to_regclass('results'), to_regclass('artifacts'))
"""


def _insert(url: str, *days: str) -> None:
    engine = create_engine(url, connect_args={"options": "-c timezone=utc"})
    with engine.begin() as connection:
        known = "INSERT INTO projects (id, name, title) VALUES (:id, :name, 'Title')"
        project = {"id": uuid.uuid4(), "name": uuid.uuid4().hex}
        connection.execute(text(known), project)
        row = "INSERT INTO results (id, project_id, start_time) VALUES (:id, :project, :day)"
        for day in days:
            connection.execute(text(row), {"id": uuid.uuid4(), "project": project["id"], "day": day})
    engine.dispose()


class TestReading:
    @pytest.mark.usefixtures("app")
    def test_newest_page_takes_a_row_of_each_month_from_an_index_and_all_of_it_from_its_own(self):
        found, rows = _plan(_history()).split("Merge Append")
        assert "Sort  (" not in found
        assert "Seq Scan" not in rows
        whole = [line for line in rows.splitlines() if "Index Scan" in line and "never executed" not in line]
        assert len(whole) == 1
        assert f"results_{TODAY:%Y_%m}" in whole[0]

    @pytest.mark.usefixtures("app")
    def test_months_without_an_answer_are_not_looked_at(self):
        assert f"results_{OLD:%Y_%m}" not in _read(_plan(_history(), "start_time>-7d"))


def _history() -> Project:
    project = db_builders.project()
    run = db_builders.run(project_id=project.id)
    for days in (0, 1, 40, 70, 100):
        db_builders.result(run_id=run.id, project_id=project.id, start_time=TODAY - timedelta(days=days))
    return project


def _plan(project: Project, *filters: str) -> str:
    """How PostgreSQL answers the statement that reads the rows of a list's first page."""
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, *_more) -> None:
        asked.append((statement, parameters))

    scope = Scope(db_builders.user(is_superadmin=True))
    db.session.commit()
    event.listen(db.engine, "before_cursor_execute", note)
    listing.newest(scope, Result, listing.Query([f"project_id={project.id}", *filters], page_size=2))
    event.remove(db.engine, "before_cursor_execute", note)
    [page] = [one for one in asked if "ORDER BY" in one[0]]
    connection = db.session.connection()
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    connection.exec_driver_sql("SET LOCAL enable_sort = off")
    statement, parameters = page
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters).scalars())


def _read(plan: str) -> set[str]:
    """The tables that were read, and not only thought of."""
    lines = [line for line in plan.splitlines() if " on results_" in line and "never executed" not in line]
    return {re.search(r" on (results_\w+)", line)[1] for line in lines}


@pytest.fixture
def report(app):
    """Store a result as it was reported; returns whether it was there already."""
    project = db_builders.project()
    run = db_builders.run(project_id=project.id)

    def report(id_, **values) -> bool:
        _result, is_repeated = results.add(project.id, {"id": str(id_), "run_id": str(run.id), **values})
        db.session.commit()
        return is_repeated

    report.run = run
    return report


class TestStoring:
    def test_repeated_result_is_recognised_in_whichever_month_it_would_be(self, report):
        id_ = uuid.uuid4()
        assert report(id_) is False
        Result.query.update({"start_time": OLD})
        db.session.commit()
        assert report(id_) is True
        assert Result.query.count() == 1

    def test_other_result_with_the_id_of_one_in_another_month_is_refused(self, report):
        id_ = uuid.uuid4()
        report(id_, start_time=OLD.isoformat())
        with pytest.raises(Conflict, match="already exist"):
            report(id_, start_time=TODAY.isoformat())

    def test_repeated_batch_is_recognised(self, report):
        ids = [uuid.uuid4() for _ in range(3)]
        assert bulk.insert_new(Result, [_row(report.run, id_) for id_ in ids[:2]]) == set()
        db.session.commit()
        assert bulk.insert_new(Result, [_row(report.run, id_) for id_ in ids]) == set(ids[:2])
        assert Result.query.count() == 3

    def test_of_requests_that_are_repeated_at_the_same_time_one_is_stored(self, app, report):
        id_ = uuid.uuid4()

        def repeat() -> None:
            with app.app_context():
                bulk.insert_new(Result, [_row(report.run, id_)])
                db.session.commit()

        bulk.insert_new(Result, [_row(report.run, id_)])
        other = threading.Thread(target=repeat)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        db.session.commit()
        other.join()
        assert Result.query.count() == 1

    def test_result_that_moves_to_another_month_is_the_same_still(self, report):
        id_ = uuid.uuid4()
        report(id_)
        found = db.session.get_one(Result, id_)
        results.change(found, {"start_time": OLD.isoformat()}, project_id=None)
        db.session.commit()
        assert (
            db.session.scalar(text("SELECT tableoid::regclass::text FROM results")) == f"results_{OLD:%Y_%m}"
        )

    def test_file_of_a_result_that_is_gone_is_refused(self, report, tmp_path):
        id_ = uuid.uuid4()
        report(id_)
        result = db.session.get_one(Result, id_)
        db.session.execute(text("DELETE FROM results"))
        with pytest.raises(Conflict, match="was deleted meanwhile"):
            artifacts.receive(
                Storage.open(tmp_path.as_uri()), result, artifacts.Upload([b"x"], "a.log"), limit=9
            )


def _row(run: Run, id_: uuid.UUID) -> dict:
    values = results.from_report({"id": str(id_), "run_id": str(run.id)})
    return {**values, "project_id": run.project_id}


class TestRetention:
    @pytest.mark.usefixtures("app")
    def test_month_that_nobody_keeps_is_dropped(self):
        run = db_builders.run()
        for instant in (OLD, OLD, TODAY):
            db_builders.result(run_id=run.id, project_id=run.project_id, start_time=instant, result="failed")
        emptied = db_builders.run(project_id=run.project_id)
        db_builders.result(run_id=emptied.id, project_id=run.project_id, start_time=OLD, result="failed")
        retention_months.drop(Policy(keep_results_days=50))
        assert f"results_{OLD:%Y_%m}" not in _months("results")
        db.session.expire_all()
        assert [one.start_time for one in Result.query] == [TODAY]
        assert (run.tests, run.failures, run.result_count, run.is_tallied) == (1, 1, 1, False)
        assert (emptied.tests, emptied.failures, emptied.result_count) == (1, 1, 0)
        [entry] = AuditEntry.query.filter_by(action="delete", entity="result")
        assert entry.changes == {"results": [3, None]}

    @pytest.mark.usefixtures("app")
    def test_artifacts_of_its_results_go_with_it_and_are_stored_no_more(self):
        result = db_builders.result(start_time=OLD)
        alone = db_builders.result(project_id=result.project_id, run_id=None, start_time=OLD)
        for one in (result, alone):
            db_builders.artifact(result_id=one.id)
        kept = db_builders.artifact(run_id=result.run_id)
        retention_months.drop(Policy(keep_results_days=50))
        assert [one.id for one in Artifact.query] == [kept.id]
        assert usage.stored_bytes(result.project_id) == kept.size

    @pytest.mark.usefixtures("app")
    def test_month_of_files_is_dropped(self):
        result = db_builders.result()
        for instant in (OLD, OLD, TODAY):
            db_builders.artifact(result_id=result.id, upload_date=instant)
        retention_months.drop(Policy(keep_artifacts_days=50))
        assert f"artifacts_{OLD:%Y_%m}" not in _months("artifacts")
        [kept] = Artifact.query
        assert usage.stored_bytes(result.project_id) == kept.size

    @pytest.mark.usefixtures("app")
    def test_what_one_project_keeps_longer_stays_and_the_rest_goes_row_by_row(self, tmp_path):
        _gone, kept = db_builders.result(start_time=OLD), db_builders.result(start_time=OLD)
        db.session.add(ProjectPolicy(project_id=kept.project_id, keep_results_days=0))
        db.session.commit()
        retention.apply(Storage.open(tmp_path.as_uri()), Policy(keep_results_days=50))
        assert f"results_{OLD:%Y_%m}" in _months("results")
        assert [one.id for one in Result.query] == [kept.id]

    @pytest.mark.usefixtures("app")
    def test_month_of_a_run_that_is_kept_for_ever_stays(self):
        result = db_builders.result(start_time=OLD)
        Run.query.update({"is_kept": True})
        db.session.commit()
        retention_months.drop(Policy(keep_results_days=50))
        assert Result.query.one().id == result.id

    @pytest.mark.usefixtures("app")
    def test_nothing_goes_where_everything_is_kept_for_ever(self):
        db_builders.result(start_time=OLD)
        before = _months("results")
        retention_months.drop(Policy())
        assert _months("results") == before

    @pytest.mark.usefixtures("app")
    def test_month_that_somebody_reads_goes_another_day(self, url, monkeypatch, caplog):
        db_builders.result(start_time=OLD)
        monkeypatch.setattr(months, "PATIENCE", "50ms")
        engine = create_engine(url)
        with engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM results"))
            retention_months.drop(Policy(keep_results_days=50))
        engine.dispose()
        assert f"The table results_{OLD:%Y_%m} is in use" in caplog.text
        assert Result.query.count() == 1

    @pytest.mark.usefixtures("app")
    def test_keeping_up_makes_the_next_months(self, monkeypatch):
        monkeypatch.setattr(retention_months, "now", lambda: TODAY + timedelta(days=40))
        before = _months("results")
        retention_months.keep_up()
        assert len(_months("results")) > len(before)
