"""Slow statements are told in the log, without their values."""

import pytest
from sqlalchemy import create_engine, text

from ibutsu_server.db import slow_statements
from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.errors import TookTooLong
from ibutsu_server.observing import context

pytestmark = pytest.mark.integration
EVERY = 1e-9
"""Each statement takes longer."""


@pytest.fixture
def connect():
    engines = []

    def connect(slow_seconds, limit=20):
        options = engine_options("sqlite://", statement_timeout_seconds=limit)
        engines.append(create_engine("sqlite://", **options))
        configure(engines[-1], statement_timeout_seconds=limit)
        slow_statements.watch(engines[-1], slow_seconds=slow_seconds)
        return engines[-1].connect()

    yield connect
    for engine in engines:
        engine.dispose()


def test_slow_statement_is_told_with_its_request_and_without_its_values(connect, told):
    token = context.current.set(context.Work("asked-for"))
    with connect(EVERY) as connection:
        connection.execute(text("SELECT\n  :value"), {"value": "secret"})
    context.current.reset(token)
    (line,) = told("ibutsu_server.db.slow_statements")
    assert (line["level"], line["request_id"]) == ("WARNING", "asked-for")
    assert line["message"].endswith("seconds: SELECT ?")
    assert "secret" not in str(line)


@pytest.mark.parametrize("slow_seconds", [0, 3600])
def test_others_are_not(connect, told, slow_seconds):
    with connect(slow_seconds) as connection:
        connection.execute(text("SELECT 1"))
    assert told("ibutsu_server.db.slow_statements") == []


def test_one_that_was_ended_is_told_too(connect, told):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with connect(EVERY, limit=0.01) as connection, pytest.raises(TookTooLong):
        connection.execute(text(endless))
    assert [line["message"].endswith(endless) for line in told("ibutsu_server.db.slow_statements")] == [True]


def test_error_does_not_repeat_values(connect):
    with connect(0) as connection, pytest.raises(Exception, match="no such table: missing") as failure:
        connection.execute(text("SELECT :value FROM missing"), {"value": "secret"})
    assert "secret" not in str(failure.value)
