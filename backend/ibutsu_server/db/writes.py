"""Inserts that are safe to repeat, on both databases."""

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from ibutsu_server.db import db, months

Insert = postgresql.Insert | sqlite.Insert


def insert(entity: Any) -> Insert:
    """An INSERT that knows ON CONFLICT in the words of the database at hand."""
    if dialect() == "postgresql":
        return postgresql.insert(entity.__table__)
    return sqlite.insert(entity.__table__)


def insert_new(entity: Any, values: dict[str, Any]) -> bool:
    """Insert one row; False, and nothing changed, when its primary key is already taken."""
    connection = db.session.connection()
    is_by_month = entity.__tablename__ in months.INSTANTS and months.are_used(connection)
    if is_by_month and months.claim(connection, entity.__tablename__, [values]):
        return False
    return connection.execute(_insert_new(entity, dialect(), is_by_month), values).rowcount == 1


@cache
def _insert_new(entity: Any, dialect: str, is_by_month: bool) -> Any:  # noqa: ARG001 - each database has its own words
    keys = None if is_by_month else list(entity.__table__.primary_key.columns)
    statement = insert(entity).on_conflict_do_nothing(index_elements=keys)
    return statement.execution_options(preserve_rowcount=True)  # psycopg's is -1 without it


def lose_it_rather_than_wait() -> None:
    """For a transaction about to begin that can be repeated: its commit does not wait for the disk.

    After a power cut it is either there or not; the next commit that waits makes it as durable as itself.
    """
    connection = db.session.connection()
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    elif not driver.in_transaction:
        driver.hurry_not()


def dialect() -> str:
    return db.engine.dialect.name
