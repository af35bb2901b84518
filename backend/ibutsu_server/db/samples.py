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

from ibutsu_server.db import db, months
from ibutsu_server.db.writes import dialect


class Sample(NamedTuple):
    """A statement about some of the rows of a table, which has `factor` times as many."""

    statement: Select[Any]
    factor: float


def some_of(entity: Any, statement: Select[Any], rows: int) -> Sample:
    """About so many, the same ones every time, and all where there are not more.

    A place is one of a table; of a table of months, some rows stand in under its name.
    """
    if dialect() == "sqlite":
        return _by_rowid(entity.__table__, statement, rows)
    percent = min(100 * rows / max(_known_rows(entity.__tablename__), 1), 100.0)
    some = tablesample(entity.__table__, func.system(percent), name="sampled", seed=literal(0))
    if entity.__tablename__ in months.INSTANTS and months.are_used(db.session.connection()):
        return Sample(statement.add_cte(select(*some.c).cte(entity.__tablename__)), 100 / percent)
    places = select(literal_column("sampled.ctid")).select_from(some).scalar_subquery()
    place: ColumnElement[Any] = literal_column(f"{entity.__tablename__}.ctid")
    return Sample(statement.where(place == any_(func.array(places))), 100 / percent)


def _known_rows(table: str) -> float:
    """As of the last ANALYZE; of a table that consists of months, in all of them."""
    known = text(
        "SELECT sum(greatest(reltuples, 0)) FROM pg_class WHERE relkind = 'r' AND (oid = to_regclass(:name) "
        "OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(:name)))"
    )
    return float(db.session.scalar(known, {"name": table}) or 0)


def _by_rowid(table: Table, statement: Select[Any], rows: int) -> Sample:
    place: ColumnElement[Any] = literal_column(f"{table.name}.rowid")
    last = db.session.scalar(select(func.max(place)).select_from(table)) or 0
    chosen = Random(0).sample(range(1, last + 1), min(rows, last))  # noqa: S311 - no secret
    places = select(func.json_each(orjson.dumps(chosen).decode()).table_valued("value"))
    return Sample(statement.where(place.in_(places)).with_hint(table, "NOT INDEXED"), max(last / rows, 1))
