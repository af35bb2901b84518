"""Deleting things with everything that belongs to them, in statements that are each over soon."""

import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, case, delete, select, tuple_

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import
from ibutsu_server.domain import usage
from ibutsu_server.errors import NotFound

SIZE = 1000
"""Rows of one statement: far below what the statement timeout allows, with all that goes with them."""

_BYTES: dict[type[Any], Any] = {
    Artifact: Artifact.size,
    Import: case((Import.storage_key.is_not(None), Import.size)),
}
"""What projects have less when such a row goes."""


def claim(thing: Any) -> None:
    """Wait until nobody adds anything to it any more, and let nobody begin: then nothing can be in the way.

    To be called before anything is locked: a weaker lock of its own would be one that others wait for.
    It is as it is stored then.  PostgreSQL lets new posters pass by: while they never pause, this raises
    TookTooLong and changes nothing.
    """
    entity = type(thing)
    if db.session.scalar(select(entity.id).where(entity.id == thing.id).with_for_update()) is None:
        raise NotFound(f"{entity.__name__} not found")
    db.session.refresh(thing)


def delete_in_batches(entity: type[Any], *conditions: ColumnElement[bool]) -> Iterator[int]:
    """Yields how many rows went, after each batch: who may lose half of the work commits there.

    It passes by the session, and by the audit log.
    """
    columns = sqlalchemy.inspect(entity).primary_key
    key = columns[0] if len(columns) == 1 else tuple_(*columns)
    some = select(*columns).where(*conditions).limit(SIZE)
    while deleted := delete_rows(entity, key.in_(some)):
        yield deleted


def delete_rows(entity: type[Any], *conditions: ColumnElement[bool]) -> int:
    """Delete in one statement, and count the bytes that are stored no more; returns how many rows went."""
    statement = delete(entity).where(*conditions).execution_options(synchronize_session=False)
    if entity not in _BYTES:
        found: Any = db.session.execute(statement)
        return int(found.rowcount)
    rows = db.session.execute(statement.returning(entity.project_id, _BYTES[entity])).all()
    freed: Counter[uuid.UUID | None] = Counter()
    for project_id, size in rows:
        freed[project_id] += size or 0
    for project_id, size in freed.items():
        usage.add(project_id, stored_bytes=-size)
    return len(rows)


def delete_all(entity: type[Any], *conditions: ColumnElement[bool]) -> int:
    """The same as `delete_in_batches` at once, within the current transaction."""
    return sum(delete_in_batches(entity, *conditions))
