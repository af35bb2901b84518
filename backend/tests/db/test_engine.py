"""Connections behave: writers take turns, slow statements end, what is committed is on disk."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, select, text

from ibutsu_server.db import engine as engines
from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.errors import TookTooLong, Unavailable

pytestmark = pytest.mark.integration

notes = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))


@pytest.fixture
def make_engine(tmp_path: Path):
    made = []

    def make(url: str = f"sqlite:///{tmp_path / 'test.db'}", seconds: float = 25):
        engine = create_engine(url, **engine_options(url, statement_timeout_seconds=seconds))
        configure(engine, statement_timeout_seconds=seconds)
        notes.create(engine, checkfirst=True)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def engine(make_engine):
    return make_engine()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30000)],
)
def test_connection_is_durable_and_checks_foreign_keys(engine, pragma, value):
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_statement_that_takes_too_long_ends(make_engine):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    started = time.monotonic()
    with make_engine(seconds=0.2).connect() as connection, pytest.raises(TookTooLong):
        connection.execute(text(endless)).all()
    assert time.monotonic() - started < 5


def test_limit_is_per_statement_and_not_per_transaction(make_engine):
    with make_engine(seconds=0.3).begin() as connection:
        for _ in range(3):
            time.sleep(0.2)
            connection.execute(notes.insert(), {"text": "x"})
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar() == 3


def test_writers_of_one_process_all_get_their_turn(engine):
    def write():
        for _ in range(20):
            with engine.begin() as connection:
                connection.execute(notes.insert(), {"text": "x"})

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar() == 160


def _raise_all(engine, statement) -> None:
    """Read, then write what follows from it: the classic lost update."""
    for _ in range(20):
        with engine.begin() as connection:
            value = int(connection.execute(statement).scalar_one())
            connection.execute(notes.update(), {"text": str(value + 1)})


def test_rows_read_for_update_are_locked(engine):
    with engine.begin() as connection:
        connection.execute(notes.insert(), {"text": "0"})
    arguments = (engine, select(notes.c.text).with_for_update())
    threads = [threading.Thread(target=_raise_all, args=arguments) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with engine.connect() as connection:
        assert connection.execute(select(notes.c.text)).scalar() == "80"


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO notes (text) VALUES ('x')",
        "  update notes SET text = 'x'",
        "WITH new(t) AS (SELECT 'x') INSERT INTO notes (text) SELECT t FROM new",
        "SAVEPOINT sa_1",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_first_write_begins_a_transaction_that_can_be_undone(engine, write):
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        connection.execute(text("SELECT * FROM notes"))
        assert not raw.in_transaction
        connection.execute(text(write))
        assert raw.in_transaction
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar() == 0


def test_reader_does_not_wait_for_a_writer(engine):
    with engine.begin() as writer:
        writer.execute(notes.insert(), {"text": "x"})
        with engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM notes")).scalar() == 0


def test_thread_that_would_wait_for_itself_is_told_at_once(engine):
    with engine.begin() as first, engine.connect() as second:
        first.execute(notes.insert(), {"text": "x"})
        with pytest.raises(RuntimeError, match="already writes through another connection"):
            second.execute(notes.insert(), {"text": "y"})


def test_writer_that_waited_too_long_is_told_to_come_again(engine, monkeypatch):
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    caught = []

    def write():
        with engine.connect() as connection, pytest.raises(Unavailable) as refused:
            connection.execute(notes.insert(), {"text": "y"})
        caught.append(refused.value.message)

    with engine.begin() as connection:
        connection.execute(notes.insert(), {"text": "x"})
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert "busy" in caught[0]


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "invalidate"])
def test_next_writer_comes_after_every_kind_of_end(engine, end):
    connection = engine.connect()
    connection.execute(notes.insert(), {"text": "x"})
    getattr(connection, end)()
    with engine.begin() as other:
        other.execute(notes.insert(), {"text": "y"})
    connection.close()


def test_failed_statement_does_not_keep_the_turn(engine):
    with engine.connect() as connection, pytest.raises(Exception, match="no such table"):
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with engine.begin() as other:
        other.execute(notes.insert(), {"text": "y"})


def test_memory_database_is_one_for_all_threads(make_engine):
    engine = make_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(notes.insert(), {"text": "x"})
    found = []

    def read():
        with engine.connect() as connection:
            found.append(connection.execute(text("SELECT count(*) FROM notes")).scalar())

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert found == [1]


@pytest.mark.unit
def test_postgresql_connections_have_a_time_limit_and_utc():
    options = engine_options("postgresql+psycopg://h/d", statement_timeout_seconds=1.5)["connect_args"][
        "options"
    ]
    assert "-c statement_timeout=1500 " in options
    assert "-c timezone=utc " in options


@pytest.mark.unit
def test_given_options_win_key_by_key():
    extra = {"pool_size": 3, "connect_args": {"application_name": "mine"}}
    options = engine_options("postgresql+psycopg://h/d", statement_timeout_seconds=1, extra=extra)
    assert options["pool_size"] == 3
    assert options["connect_args"]["application_name"] == "mine"
    assert "statement_timeout" in options["connect_args"]["options"]
