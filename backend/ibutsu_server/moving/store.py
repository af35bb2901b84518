"""Our database: which rows are there already, and new ones that go in, whatever one of them is like."""

import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import psycopg
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.errors import Conflict, Error, Invalid

Row = dict[str, Any]
Refuse = Callable[[Row, str], None]

_OF_THE_ROW = (
    Conflict,
    Invalid,
    OverflowError,
    TypeError,
    ValueError,
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,  # an entry of an index that is too long
    sqlite3.DataError,
    sqlite3.IntegrityError,
)
_FAILURES = (Error, SQLAlchemyError, psycopg.Error, sqlite3.Error, OverflowError, TypeError, ValueError)


def there(entity: Any, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(db.session.scalars(select(entity.id).where(is_one_of(entity.id, ids)))) if ids else set()


def in_parts(rows: Sequence[Row], insert: Callable[[Sequence[Row]], Any], refuse: Refuse) -> int:
    """Insert them all at once, or else those that can be; returns how many.

    What fails is halved until the one row is found.  What is not about a row, a full disk for example, is
    raised.
    """
    if not rows:
        return 0
    try:
        with db.session.begin_nested():
            insert(rows)
    except _FAILURES as error:
        reason = next((one for one in _causes(error) if isinstance(one, _OF_THE_ROW)), None)
        if reason is None:
            raise
        if len(rows) == 1:
            refuse(rows[0], f"the database refuses it: {' '.join(str(reason).split())[:200]}")
            return 0
        middle = len(rows) // 2
        return in_parts(rows[:middle], insert, refuse) + in_parts(rows[middle:], insert, refuse)
    return len(rows)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
