"""Some rows of a table, for guesses."""

import pytest
from sqlalchemy import func, select, text

from ibutsu_server.app import create_app
from ibutsu_server.db import db, upgrade
from ibutsu_server.db.models import Project, Result
from ibutsu_server.db.samples import some_of
from ibutsu_server.settings import Settings

pytestmark = pytest.mark.integration

ROWS = 2000


@pytest.fixture(params=["database of the tests", "file"])
def project(request, tmp_path):
    """SQLite is asked in words of its own, which is tried whatever the database of the tests is."""
    if request.param == "database of the tests":
        yield request.getfixturevalue("make_project")()
        return
    settings = Settings(data_dir=tmp_path, jwt_secret="s" * 32, bcrypt_log_rounds=4)
    upgrade.upgrade(settings.database_url)
    with create_app(settings).app.app_context():
        made = Project(name="shop", title="Shop")
        db.session.add(made)
        db.session.commit()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def results(project):
    rows = [{"project_id": project.id, "result": "passed"} for _ in range(ROWS)]
    db.session.execute(Result.__table__.insert(), rows)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))
    passed = Result.project_id == project.id, Result.result == "passed"
    return select(func.count()).select_from(Result).where(*passed)


def test_some_rows_stand_for_all_and_are_the_same_every_time(results):
    sample = some_of(Result, results, 400)
    found = db.session.scalar(sample.statement)
    assert 0 < found < ROWS
    assert 0.2 * ROWS < found * sample.factor < 5 * ROWS  # whole pages on PostgreSQL, of which there are few
    assert db.session.scalar(some_of(Result, results, 400).statement) == found


def test_of_a_small_table_they_are_all(results):
    sample = some_of(Result, results, ROWS * 2)
    assert (db.session.scalar(sample.statement), sample.factor) == (ROWS, 1)


def test_an_empty_table_has_none(project):
    statement = select(func.count()).select_from(Result)
    assert db.session.scalar(some_of(Result, statement, 10).statement) == 0


def test_they_are_read_where_they_are(results):
    """And not by an index, in which all rows of a project would be read again."""
    sent = some_of(Result, results, 20).statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}[db.engine.dialect.name]
    plan = str(db.session.execute(text(f"{explain} {sent}".replace(":", "\\:"))).all())
    assert "Tid Scan" in plan or "USING INTEGER PRIMARY KEY" in plan, plan
