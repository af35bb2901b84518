"""Inserts that are safe to repeat, on both databases."""

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from ibutsu_server.db import db


def insert(table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT in the words of the database at hand."""
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_new(entity: type[Any], values: dict[str, Any]) -> bool:
    """Insert one row; False, and nothing changed, when its primary key is already taken."""
    statement = _insert_new(entity, db.engine.dialect.name)
    return db.session.connection().execute(statement, values).rowcount == 1


@cache
def _insert_new(entity: type[Any], dialect: str) -> Any:  # noqa: ARG001 - each database has its own words
    table = entity.__table__
    statement = insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key.columns))
    return statement.execution_options(preserve_rowcount=True)  # psycopg's is -1 without it
