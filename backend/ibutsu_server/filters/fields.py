"""Which fields an entity has in filters, and what stands behind their names."""

import difflib
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import JSON, BigInteger, ColumnElement, LargeBinary, case, cast
from sqlalchemy.orm import Mapper

from ibutsu_server.errors import Invalid
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.paths import DEEPEST, Path

_HIDDEN = frozenset(
    {"password_hash", "fingerprint", "digest", "storage_key", "storage_offset", "is_run_new"}
    | {"is_tallied", "changes", "changed"}
)
_DOCUMENTS = {"metadata": "data", "data": "data", "params": "params", "summary": "summary_extra"}
_COUNTS = [
    "tests",
    "passes",
    "failures",
    "errors",
    "skips",
    "xfailures",
    "xpasses",
    "manual",
    "blocked",
    "collected",
    "not_run",
    "pass_percent",
]
_ARRAYS = {f"{prefix}.{key}" for prefix in ("metadata", "data") for key in ("tags", "markers", "annotations")}


def field_names(entity: Any) -> list[str]:
    """Every field with a fixed name; what is inside JSON columns has none."""
    return sorted(_names(_mapper(entity)))


def resolve(entity: Any, field: str) -> ColumnElement[Any] | Path:
    """The column or the place in a JSON column that a field names; raises `Invalid` for unknown ones."""
    if field in _names(_mapper(entity)):
        prefix, _, name = field.rpartition(".")
        return _count(entity, name) if prefix else getattr(entity, field)
    prefix, _, rest = field.partition(".")
    keys = tuple(rest.split("."))
    if not _has_document(entity, prefix) or not all(keys):
        raise Invalid(_unknown(entity, field), field=shown(field))
    if len(keys) > DEEPEST:
        raise Invalid(f"{shown(field)}: at most {DEEPEST} keys may be named", field=shown(field))
    return Path(getattr(entity, _DOCUMENTS[prefix]), keys)


def is_known(entity: Any, field: str) -> bool:
    """Whether `resolve` finds anything behind the name."""
    try:
        resolve(entity, field)
    except Invalid:
        return False
    return True


def is_array(field: str) -> bool:
    return field in _ARRAYS


def _mapper(entity: Any) -> Mapper[Any]:
    mapper: Mapper[Any] = sqlalchemy.inspect(entity).mapper
    return mapper


@cache
def _names(mapper: Mapper[Any]) -> frozenset[str]:
    columns = mapper.columns.items()
    counts = [f"summary.{name}" for name in _COUNTS if "summary_extra" in mapper.columns]
    return frozenset([name for name, column in columns if _is_plain(name, column)] + counts)


def _is_plain(name: str, column: ColumnElement[Any]) -> bool:
    return name not in _HIDDEN and not isinstance(column.type, JSON | LargeBinary)


def _has_document(entity: Any, prefix: str) -> bool:
    return _DOCUMENTS.get(prefix, "") in _mapper(entity).columns


def _count(run: Any, name: str) -> ColumnElement[int]:
    """Derived counts are wide: the product of a large count would overflow an integer."""
    tests, passes = run.tests, cast(run.passes, BigInteger())
    match name:
        case "pass_percent":
            return case((tests > 0, 100 * passes // tests), else_=0)
        case "not_run":
            left: ColumnElement[int] = cast(run.collected, BigInteger()) - tests
            return case((left > 0, left), (left <= 0, 0))
    column: ColumnElement[int] = getattr(run, name)
    return column


def _unknown(entity: Any, field: str) -> str:
    names = field_names(entity)
    if _has_document(entity, field):
        return f"'{field}' alone cannot be filtered: name a key in it, for example {field}.key"
    near = difflib.get_close_matches(field[:100], names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known fields are {', '.join(names)}"
    return f"Unknown field '{shown(field)}': {hint}"
