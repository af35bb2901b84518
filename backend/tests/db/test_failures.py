"""What the database cannot do is told in the product's own errors."""

import pytest
from sqlalchemy import create_engine, text

from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.errors import Invalid, TookTooLong, Unavailable

ENDLESS_ON_SQLITE = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0"
)


@pytest.fixture
def impatient(database_url):
    """An engine that gives every statement 0.2 seconds."""
    engine = create_engine(database_url, **engine_options(database_url, statement_timeout_seconds=0.2))
    configure(engine, statement_timeout_seconds=0.2)
    yield engine
    engine.dispose()


@pytest.mark.integration
def test_statement_is_stopped_after_its_time(impatient):
    endless = ENDLESS_ON_SQLITE if impatient.dialect.name == "sqlite" else "SELECT pg_sleep(60)"
    with impatient.connect() as connection, pytest.raises(TookTooLong):
        connection.execute(text(endless))


@pytest.mark.integration
def test_connection_serves_on_after_a_stopped_statement(impatient):
    test_statement_is_stopped_after_its_time(impatient)
    with impatient.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


@pytest.mark.unit
def test_database_that_is_away_is_unavailable():
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    engine = create_engine(url, **engine_options(url, statement_timeout_seconds=1))
    configure(engine, statement_timeout_seconds=1)
    with pytest.raises(Unavailable):
        engine.connect()


@pytest.mark.integration
def test_pattern_that_only_postgresql_refuses_is_invalid(impatient):
    if impatient.dialect.name == "sqlite":
        pytest.skip("SQLite has no patterns of its own")
    with impatient.connect() as connection, pytest.raises(Invalid, match="regular expression"):
        connection.execute(text("SELECT 'a' ~ '(?<'"))
