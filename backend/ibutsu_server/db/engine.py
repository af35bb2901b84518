"""How connections of both databases behave: durability, time limits, and who may write when."""

import re
import sqlite3
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import orjson
from sqlalchemy import Engine, StaticPool, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from ibutsu_server.db import failures
from ibutsu_server.db.pool import CountedPool
from ibutsu_server.errors import Unavailable

WAIT_SECONDS = 30
"""How long a writer waits for its turn: shorter than what clients wait for an answer."""

POOL_SIZE = 20
PROGRESS_STEPS = 50_000
"""Virtual machine instructions between two looks at the clock: about a millisecond."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={WAIT_SECONDS * 1000}",
    "cache_size=-16000",
    "temp_store=MEMORY",
    "journal_size_limit=67108864",
    "wal_autocheckpoint=8000",
)
_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|SAVEPOINT)\b"
    r"|\s*WITH\b.*\b(INSERT INTO|UPDATE|DELETE FROM)\b",
    re.IGNORECASE | re.DOTALL,
)
_MEMORY = {None, "", ":memory:"}

OnConnect = Callable[[sqlite3.Connection], None]


def engine_options(
    url: str,
    *,
    statement_timeout_seconds: float,
    extra: dict[str, Any] | None = None,
    is_counted: bool = False,
) -> dict[str, Any]:
    """Arguments for `create_engine`; `extra` (SQLALCHEMY_ENGINE_OPTIONS) wins, connect_args key by key."""
    options = (
        _postgresql_options(statement_timeout_seconds)
        if make_url(url).get_backend_name() == "postgresql"
        else _sqlite_options(url)
    )
    given = dict(extra or {})
    connect_args = {**options.pop("connect_args"), **given.pop("connect_args", {})}
    # PostgreSQL gives 1e308 back as an integer of 309 digits: orjson reads a number that it can write.
    json = {"json_serializer": _json, "json_deserializer": orjson.loads}
    counted = {"poolclass": CountedPool} if is_counted and not is_memory(url) else {}
    # Values are of people: neither errors nor the log shall repeat them.
    return {"hide_parameters": True, **json, **counted, **options, **given, "connect_args": connect_args}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def configure(
    engine: Engine, *, statement_timeout_seconds: float, on_connect: OnConnect = lambda _connection: None
) -> None:
    """Call once, before the first connection; `on_connect` prepares each new SQLite connection."""
    failures.translate(engine)
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine, statement_timeout_seconds, on_connect)


def _postgresql_options(statement_timeout_seconds: float) -> dict[str, Any]:
    """Prepared statements are planned for the values at hand: those for any are several times as slow."""
    settings = {
        "statement_timeout": round(statement_timeout_seconds * 1000),
        "jit": "off",
        "plan_cache_mode": "force_custom_plan",
        "timezone": "utc",
        "work_mem": "32MB",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {"pool_size": POOL_SIZE, "connect_args": {"connect_timeout": 10, "options": options}}


def _sqlite_options(url: str) -> dict[str, Any]:
    connect_args = {
        "check_same_thread": False,
        "factory": SQLiteConnection,
        "isolation_level": None,
        "timeout": WAIT_SECONDS,
    }
    if is_memory(url):
        return {"poolclass": StaticPool, "connect_args": connect_args}
    return {"pool_size": POOL_SIZE, "connect_args": connect_args}


def is_memory(url: str) -> bool:
    return make_url(url).database in _MEMORY


class WriteQueue:
    """Whose turn it is to write among the threads of this process.

    SQLite's own waiting is a sleep that knows no order: under load some writers starve.  A lock wakes the
    next one at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writer: int | None = None

    def enter(self) -> None:
        if self._writer == threading.get_ident():
            raise RuntimeError("This thread already writes through another connection")
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("The database is busy, try again later")
        self._writer = threading.get_ident()

    def leave(self) -> None:
        self._writer = None
        self._lock.release()


class SQLiteConnection(sqlite3.Connection):
    """Begins a transaction at its first write, with the write lock, and never has to upgrade a read one."""

    queue: WriteQueue | None = None
    deadline: float = float("inf")
    limit: float | None = None
    """In seconds, for each statement; None for that of the engine."""

    _in_turn = False
    _in_no_hurry = False

    def hurry_not(self) -> None:
        """Do not wait for the disk at the end of the next transaction; to be said before it begins."""
        self.execute("PRAGMA synchronous=NORMAL")
        self._in_no_hurry = True

    def begin(self) -> None:
        if self.in_transaction:
            return
        if self.queue:
            self.queue.enter()
            self._in_turn = True
        try:
            self.execute("BEGIN IMMEDIATE")
        finally:
            self._end_turn()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._end_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._end_turn(closed=True)

    def _end_turn(self, *, closed: bool = False) -> None:
        if self.queue and self._in_turn and (closed or not self.in_transaction):
            self._in_turn = False
            self.queue.leave()
        if self._in_no_hurry and not closed and not self.in_transaction:
            self._in_no_hurry = False
            self.execute("PRAGMA synchronous=FULL")

    def is_late(self) -> bool:
        return monotonic() > self.deadline


class HintedSQLiteCompiler(SQLiteCompiler):
    """Writes hints such as `NOT INDEXED` behind their table; SQLAlchemy's own leaves them out."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:  # noqa: ARG002 - which table, it knows itself
        return text


def _configure_sqlite(engine: Engine, limit: float, on_connect: OnConnect) -> None:
    queue = None if is_memory(str(engine.url)) else WriteQueue()
    engine.dialect.statement_compiler = HintedSQLiteCompiler

    @event.listens_for(engine, "connect")
    def open_connection(connection: SQLiteConnection, _record: Any) -> None:
        connection.queue = queue
        connection.set_progress_handler(connection.is_late, PROGRESS_STEPS)
        on_connect(connection)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "before_cursor_execute")
    def begin_statement(
        connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        raw: SQLiteConnection = connection.connection.dbapi_connection
        if _WRITES.match(statement) or _is_for_update(context):
            raw.begin()
        raw.deadline = monotonic() + (limit if raw.limit is None else raw.limit)


def _is_for_update(context: Any) -> bool:
    """SQLite has no row locks: reading rows in order to change them takes the one lock that there is."""
    statement = getattr(context.compiled, "statement", None)
    return getattr(statement, "_for_update_arg", None) is not None
