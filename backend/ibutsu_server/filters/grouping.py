"""What a field stands for when rows are grouped by it."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, literal
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ibutsu_server.errors import Invalid
from ibutsu_server.filters import on_postgresql, on_sqlite
from ibutsu_server.filters.either import either
from ibutsu_server.filters.fields import is_array, resolve
from ibutsu_server.filters.paths import Path

_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""As in filters: what else a name may hold, no database has to be asked about."""


class _EitherText(either):
    """As `either`, of values."""

    inherit_cache = True
    type: Any = Text()


def group_by(entity: Any, field: str) -> ColumnElement[Any] | None:
    """The column, or a value in the metadata as the text that filters read; None for an unknown field.

    Lists, such as tags, are JSON as a whole.  Use one and the same object in every part of a statement.
    """
    if not _NAME.fullmatch(field):
        return None
    try:
        target = resolve(entity, field)
    except Invalid:
        return None
    if not isinstance(target, Path):
        return target
    if is_array(field):
        return _document(target)
    return _EitherText(on_postgresql.text(target), on_sqlite.text(target))


def as_json(value: Any) -> Any:
    """The value of a group as clients read it: ids and times are text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return str(value) if isinstance(value, UUID) else value


def _document(path: Path) -> _EitherText:
    """JSON as text; a null in it is no missing value."""
    keys = literal(list(path.keys), ARRAY(Text()))
    location = "$" + "".join(f'."{key}"' for key in path.keys)
    return _EitherText(
        cast(path.column.op("#>", return_type=JSONB())(keys), Text()),
        path.column.op("->", return_type=Text())(literal(location, Text())),
    )
