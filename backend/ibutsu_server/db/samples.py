"""Rows of all ages, for guesses about a whole table."""

from random import Random
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    any_,
    func,
    literal,
    literal_column,
    select,
    tablesample,
    text,
)

from ibutsu_server.db import db
from ibutsu_server.db.writes import dialect


class Sample(NamedTuple):
    """A statement about some of the rows of a table, which has `factor` times as many."""

    statement: Select[Any]
    factor: float


def some_of(entity: Any, statement: Select[Any], rows: int) -> Sample:
    """About so many, the same ones every time, and all where there are not more."""
    if dialect() == "sqlite":
        return _by_rowid(entity.__table__, statement, rows)
    known = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
    name = entity.__tablename__
    percent = min(100 * rows / max(db.session.scalar(known, {"name": name}) or 0, 1), 100.0)
    some = tablesample(entity.__table__, func.system(percent), name="sampled", seed=literal(0))
    places = select(literal_column("sampled.ctid")).select_from(some).scalar_subquery()
    place: ColumnElement[Any] = literal_column(f"{name}.ctid")
    return Sample(statement.where(place == any_(func.array(places))), 100 / percent)


def _by_rowid(table: Table, statement: Select[Any], rows: int) -> Sample:
    place: ColumnElement[Any] = literal_column(f"{table.name}.rowid")
    last = db.session.scalar(select(func.max(place)).select_from(table)) or 0
    chosen = Random(0).sample(range(1, last + 1), min(rows, last))  # noqa: S311 - no secret
    places = select(func.json_each(orjson.dumps(chosen).decode()).table_valued("value"))
    return Sample(statement.where(place.in_(places)).with_hint(table, "NOT INDEXED"), max(last / rows, 1))
