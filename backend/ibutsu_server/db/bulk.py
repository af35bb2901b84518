"""Many rows at once, by the fastest way that each database has; rows that are there stay as they are."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Dialect, select

from ibutsu_server.db import db
from ibutsu_server.db.failures import told
from ibutsu_server.db.writes import dialect

Row = dict[str, Any]
Column = tuple[str, Callable[[Any], Any] | None]


def insert_new(entity: Any, rows: Sequence[Row]) -> set[Any]:
    """Insert rows by their `id`, within the current transaction; returns the ids that were not there."""
    if not rows:
        return set()
    return _copied(entity, rows) if dialect() == "postgresql" else _inserted(entity, rows)


def _copied(entity: Any, rows: Sequence[Row]) -> set[Any]:
    """COPY knows no ON CONFLICT: it fills a table of this transaction's own, which has no indexes."""
    connection = db.session.connection()
    columns = _columns(entity, connection.dialect)
    table, names = entity.__tablename__, ", ".join(name for name, _ in columns)
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS new_{table} (LIKE {table}) ON COMMIT DROP")
    cursor: Any = connection.connection.cursor()
    with told(), cursor, cursor.copy(f"COPY new_{table} ({names}) FROM STDIN") as copy:
        for values in _values(columns, rows):
            copy.write_row(values)
    adding = f"INSERT INTO {table} ({names}) SELECT {names} FROM new_{table}"  # noqa: S608 - names of models
    added = connection.exec_driver_sql(f"{adding} ON CONFLICT (id) DO NOTHING RETURNING id")
    ids = set(added.scalars())
    connection.exec_driver_sql(f"TRUNCATE new_{table}")
    return ids


def _inserted(entity: Any, rows: Sequence[Row]) -> set[Any]:
    """Asking with a lock begins to write: nobody else adds any of them in between."""
    connection = db.session.connection()
    ids = {row["id"] for row in rows}
    there = set(db.session.scalars(select(entity.id).where(entity.id.in_(ids)).with_for_update()))
    columns = _columns(entity, connection.dialect)
    names, marks = ", ".join(name for name, _ in columns), ", ".join("?" * len(columns))
    adding = f"INSERT INTO {entity.__tablename__} ({names}) VALUES ({marks})"  # noqa: S608 - names of models
    connection.exec_driver_sql(f"{adding} ON CONFLICT (id) DO NOTHING", list(_values(columns, rows)))
    return ids - there


def _values(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(write(row[name]) if write else row[name] for name, write in columns)


@lru_cache(maxsize=32)
def _columns(entity: Any, spoken: Dialect) -> tuple[Column, ...]:
    """How SQLAlchemy itself writes values of each column, but JSON at once as the text that drivers take."""
    return tuple(
        (
            column.name,
            _json
            if isinstance(column.type, JSON)
            else column.type.dialect_impl(spoken).bind_processor(spoken),
        )
        for column in entity.__table__.columns
    )


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
