"""Deleting things with everything that belongs to them, in statements that are each over soon."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, delete, select, tuple_

from ibutsu_server.db import db
from ibutsu_server.errors import NotFound

SIZE = 1000
"""Rows of one statement: far below what the statement timeout allows, with all that goes with them."""


def claim(thing: Any) -> None:
    """Wait until nobody adds anything to it any more, and let nobody begin: then nothing can be in the way.

    To be called before anything is locked: a weaker lock of its own would be one that others wait for.
    PostgreSQL lets new posters pass by: while they never pause, this raises TookTooLong and changes nothing.
    """
    entity = type(thing)
    if db.session.scalar(select(entity.id).where(entity.id == thing.id).with_for_update()) is None:
        raise NotFound(f"{entity.__name__} not found")


def delete_in_batches(entity: type[Any], *conditions: ColumnElement[bool]) -> Iterator[int]:
    """Yields how many rows went, after each batch: who may lose half of the work commits there.

    It passes by the session, and by the audit log.
    """
    columns = sqlalchemy.inspect(entity).primary_key
    key = columns[0] if len(columns) == 1 else tuple_(*columns)
    some = select(*columns).where(*conditions).limit(SIZE)
    statement = delete(entity).where(key.in_(some)).execution_options(synchronize_session=False)
    while deleted := _run(statement):
        yield deleted


def _run(statement: Any) -> int:
    found: Any = db.session.execute(statement)
    deleted: int = found.rowcount
    return deleted


def delete_all(entity: type[Any], *conditions: ColumnElement[bool]) -> int:
    """The same at once, within the current transaction."""
    return sum(delete_in_batches(entity, *conditions))
