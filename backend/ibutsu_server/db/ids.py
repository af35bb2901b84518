"""Many ids in one statement."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal

from ibutsu_server.db.writes import dialect

_IDS = ARRAY(Uuid())


def is_one_of(column: Any, ids: Iterable[uuid.UUID] | Select[uuid.UUID]) -> ColumnElement[bool]:
    """PostgreSQL takes them as one array.

    A thousand parameters would take longer than what they find; of a subquery it takes them for few, as they
    are, and looks for each by an index.
    """
    if dialect() == "sqlite":
        return column.in_(ids)  # type: ignore[no-any-return]
    array: ColumnElement[Any]
    if isinstance(ids, Select):
        array = func.array(ids.scalar_subquery(), type_=_IDS)
    else:
        array = literal(list(ids), _IDS)
    found: ColumnElement[bool] = column == any_(array)
    return found
