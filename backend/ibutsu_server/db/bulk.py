"""Many rows at once, by the fastest way that each database has; rows that are there stay as they are."""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
import psycopg
from sqlalchemy import JSON, Connection, Dialect
from sqlalchemy.types import TypeEngine

from ibutsu_server.db import db, months
from ibutsu_server.db.failures import told
from ibutsu_server.db.slow_statements import timed
from ibutsu_server.db.types import UtcDateTime
from ibutsu_server.errors import Conflict, Unavailable

Row = dict[str, Any]
Writer = Callable[[Any], Any]
Store = Callable[[Connection, Any, Collection[Row]], None]


class Columns(NamedTuple):
    """Those of a table: names and as many marks for SQL, their values out of a row, and how to write them."""

    names: str
    marks: str
    read: Callable[[Row], tuple[Any, ...]]
    writers: list[tuple[int, Writer]]


def insert_new(entity: Any, rows: Sequence[Row]) -> set[uuid.UUID]:
    """Insert rows by their `id`, within the current transaction; returns the ids that were there already.

    Mostly none is: that is asked when storing them has failed.  Raises Unavailable when somebody else is
    storing one of them at this moment: the next time it is there.
    """
    if not rows:
        return set()
    new = {row["id"]: row for row in reversed(rows)}  # of several with one id, the first
    connection = db.session.connection()
    is_postgresql = connection.dialect.name == "postgresql"
    there, store = (months.there, _copy) if is_postgresql else (_there_on_sqlite, _execute_many)
    if months.are_used(connection):
        known = months.claim(connection, entity.__tablename__, new.values())
        _store_left(store, connection, entity, [row for id_, row in new.items() if id_ not in known])
        return known
    try:
        with connection.begin_nested():
            store(connection, entity, new.values())
    except Conflict:
        known = set(there(connection, entity.__tablename__, new))
    else:
        return set()
    _store_left(store, connection, entity, [row for id_, row in new.items() if id_ not in known])
    return known


def _store_left(store: Store, connection: Connection, entity: Any, left: list[Row]) -> None:
    try:
        if left:
            store(connection, entity, left)
    except _Taken as error:
        raise Unavailable("The same is being stored by another request; please try again") from error


class _Taken(Conflict):
    """There is something with one of the ids."""


def _there_on_sqlite(connection: Connection, table: str, ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    asked = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - names of models
    found = connection.exec_driver_sql(asked, (orjson.dumps([id_.hex for id_ in ids]).decode(),))
    return [uuid.UUID(text) for text in found.scalars()]


def _copy(connection: Connection, entity: Any, rows: Collection[Row]) -> None:
    columns = _columns(entity, connection.dialect)
    statement = f"COPY {entity.__tablename__} ({columns.names}) FROM STDIN"
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = auto")  # or each row's foreign keys are planned
    cursor: Any = connection.connection.cursor()
    try:
        with timed(connection, statement, "copy"), told(), cursor, cursor.copy(statement) as copy:
            for values in _values(columns, rows):
                copy.write_row(values)
    except psycopg.errors.UniqueViolation as error:
        raise _Taken(str(error)) from error


def _execute_many(connection: Connection, entity: Any, rows: Collection[Row]) -> None:
    columns = _columns(entity, connection.dialect)
    statement = f"INSERT INTO {entity.__tablename__} ({columns.names}) VALUES ({columns.marks})"  # noqa: S608
    connection.exec_driver_sql(statement, list(map(tuple, _values(columns, rows))))


def _values(columns: Columns, rows: Collection[Row]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(columns.read(row))
        for place, write in columns.writers:
            if values[place] is not None:
                values[place] = write(values[place])
        yield values


@lru_cache(maxsize=32)
def _columns(entity: Any, dialect: Dialect) -> Columns:
    named = list(entity.__table__.columns)
    writers = ((place, _writer(column.type, dialect)) for place, column in enumerate(named))
    return Columns(
        ", ".join(column.name for column in named),
        ", ".join("?" * len(named)),
        itemgetter(*(column.name for column in named)),
        [(place, write) for place, write in writers if write],
    )


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Writer | None:
    """As SQLAlchemy writes values of this type, by shorter ways where there are any."""
    if isinstance(kind, JSON):
        return _json
    if isinstance(kind, UtcDateTime) and dialect.name == "sqlite":
        return _time
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _time(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
