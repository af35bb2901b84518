"""What a field stands for when rows are grouped by it."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, cast, func, literal
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
    return _group_by_table(entity, field) if isinstance(entity, type) else _group_by(entity, field)


def _group_by(entity: Any, field: str) -> ColumnElement[Any] | None:
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


_group_by_table = lru_cache(maxsize=1024)(_group_by)
"""To make one takes as long as a short query."""


def by_code_points(value: Any) -> ColumnElement[Any]:
    """Text that has the same order on both databases; other values as they are."""
    ordered: ColumnElement[Any] = (
        _EitherText(value.collate("C"), value) if isinstance(value.type, String) else value
    )
    return ordered


def id_as_text(column: Any) -> ColumnElement[Any]:
    """As clients read it, where thousands of them are not worth an object each."""
    stored = cast(column, Text())
    hyphenated: ColumnElement[str] = func.substr(stored, 1, 8)
    for start, end in pairwise((9, 13, 17, 21, 33)):
        hyphenated = hyphenated.concat("-").concat(func.substr(stored, start, end - start))
    return _EitherText(stored, hyphenated)


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
