"""A limit for statements that something else can stand in for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ibutsu_server.db import db


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Read no longer than that: a statement that would take longer raises TookTooLong, and others may follow.

    Within it nothing may be written.
    """
    db.session.flush()  # or it would be written within, and lost
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        with connection.begin_nested() as savepoint:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(round(seconds * 1000), 1)}")
            yield
            savepoint.rollback()  # the limit goes with it
        return
    driver: Any = connection.connection.dbapi_connection
    driver.limit = seconds
    try:
        yield
    finally:
        driver.limit = None
