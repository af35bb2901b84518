"""Bringing a database to the tables of this version, one process at a time, while others go on working."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.errors import Error, SettingsError, Unavailable

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE_SECONDS = 24 * 3600
"""A migration may rewrite a large table; the limit of requests is not for it."""

LOCK_SECONDS = 3
"""So long a migration waits for a table, and everybody who comes after it with it; then it lets them pass."""

LOCK_PATIENCE_SECONDS = 600
LONGEST_PAUSE_SECONDS = 10
TELL_SECONDS = 3
LOOK_SECONDS = 0.5

ADVISORY_LOCK = 4_277_009_102
"""Any number, but always this one."""

_ON_LOCKS = psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected


def upgrade(url: str) -> None:
    """Whoever comes second waits, and finds nothing to do.

    Raises SettingsError, and changes nothing, if a newer version made tables that this one does not
    understand, or if the database does not open.  A migration that fails leaves those before it in place.
    """
    with _told(url), _engine(url) as engine:
        with engine.connect() as connection:
            if not is_behind(connection):
                return
        if engine.dialect.name == "postgresql":
            _upgrade_postgresql(engine)
        else:
            _upgrade_sqlite(engine)


def current(url: str) -> str | None:
    """The revision that the database has, None if it is empty; raises SettingsError like `upgrade`."""
    with _told(url), _engine(url) as engine, engine.connect() as connection:
        is_behind(connection)
        return _revision(connection)


def head() -> str:
    """The newest revision that this version of the server knows."""
    return max(_known(MIGRATIONS))


def require_usable(url: str) -> None:
    """Raises SettingsError unless this version can work with the tables of the database."""
    with _told(url), _engine(url) as engine, engine.connect() as connection:
        check(connection)


def check(connection: Connection) -> None:
    if is_behind(connection):
        raise SettingsError(
            "The database does not have the tables of this version: run `ibutsu-server db upgrade`"
        )


def is_behind(connection: Connection) -> bool:
    """Whether tables are missing that this version needs.

    Raises SettingsError where it would not understand those that a newer version made.
    """
    revision = _revision(connection)
    if revision is None or revision in _known(MIGRATIONS):
        return revision != head()
    oldest = _oldest(connection)
    if oldest is None or head() < oldest:
        raise SettingsError(
            f"The database {connection.engine.url.render_as_string()} was made by a newer version of the "
            f"server (revision {revision}): install that version, or use another database"
        )
    return False


@cache
def _known(migrations: Path) -> frozenset[str]:
    """Their numbers have four digits, so that they can be compared as text."""
    return frozenset(script.revision for script in ScriptDirectory(str(migrations)).walk_revisions())


def _revision(connection: Connection) -> str | None:
    found: str | None = _only(connection, "alembic_version", "version_num")
    return found


def _oldest(connection: Connection) -> str | None:
    found: str | None = _only(connection, "compatibility", "oldest")
    return found


def _only(connection: Connection, table: str, column: str) -> Any:
    if not inspect(connection).has_table(table):
        return None
    return connection.scalar(text(f"SELECT {column} FROM {table}"))  # noqa: S608 - names of our own


def _upgrade_postgresql(engine: Engine) -> None:
    """One migration, one transaction; the lock is another connection's, for all of them.

    That one has no transaction: CREATE INDEX CONCURRENTLY would wait for its end.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as keeper:
        _take_turn(lambda: _is_locked_for(keeper))
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            connection.commit()
            _patiently(lambda: _migrate(connection))


def _is_locked_for(keeper: Connection) -> bool:
    """The lock ends with the connection, and that with the process, however it ends."""
    return bool(keeper.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}))


def _patiently(migrate: Callable[[], None]) -> None:
    """Again and again, since somebody may hold a table for long: a long question, a forgotten session."""
    end, pause = monotonic() + LOCK_PATIENCE_SECONDS, 1
    while True:
        try:
            migrate()
        except Unavailable as error:
            if not isinstance(error.__cause__, _ON_LOCKS) or monotonic() > end:
                raise
            log.warning("Somebody holds a table that a migration needs; trying again in %s seconds", pause)
            sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:
            return


def _upgrade_sqlite(engine: Engine) -> None:
    """All migrations in one transaction, begun before anything is looked at."""
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout=0")
        _take_turn(lambda: _begins(raw))
        with connection.begin():
            _migrate(connection)


def _begins(raw: sqlite3.Connection) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as failure:
        if "locked" not in str(failure):
            raise
        return False
    return True


def _take_turn(is_ours: Callable[[], bool]) -> None:
    begun, is_told = monotonic(), False
    while not is_ours():
        waited = monotonic() - begun
        if waited > PATIENCE_SECONDS:
            raise SettingsError(
                "Another upgrade of this database does not end: look after it, then try again"
            )
        if waited > TELL_SECONDS and not is_told:
            log.warning("Another upgrade of this database is running: waiting for its end")
            is_told = True
        sleep(LOOK_SECONDS)


def _migrate(connection: Connection) -> None:
    if is_behind(connection):
        if connection.dialect.name == "postgresql":
            connection.rollback()  # Alembic wants to begin and commit itself
        command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    options = {**engine_options(url, statement_timeout_seconds=PATIENCE_SECONDS), "poolclass": NullPool}
    options.pop("pool_size", None)
    engine = create_engine(url, **options)
    configure(engine, statement_timeout_seconds=PATIENCE_SECONDS)
    yield engine


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, Error, sqlite3.Error) as error:
        reason = " ".join(str(error.__cause__ or error).split())
        raise SettingsError(
            f"The database {make_url(url).render_as_string()} cannot be used ({reason}): "
            "check its address, or set another data folder"
        ) from error
