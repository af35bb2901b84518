"""Conditions on JSON as PostgreSQL is asked; its GIN index serves equality, lists and existence."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ibutsu_server.db.models import Run
from ibutsu_server.db.models.result import KEYS
from ibutsu_server.filters.operators import Comparison
from ibutsu_server.filters.paths import Path
from ibutsu_server.filters.values import NUMBER, as_number


def text(path: Path) -> ColumnElement[str]:
    """The value as text; null where it is missing or a JSON null."""
    *parents, last = path.keys
    return _value(path.column, parents).op("->>", return_type=Text())(literal(last, Text()))


def is_present(path: Path) -> ColumnElement[bool]:
    """The first half is for the index, which knows the keys at the top; asked for a path it reads all."""
    is_candidate = _keys(path.column).bool_op("?")(literal(path.keys[0], Text()))
    return and_(is_candidate, text(path).is_not(None))


def _keys(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """In the words of the index: runs have one of their documents, results one of their keys."""
    if getattr(column, "table", None) is Run.__table__:
        return column
    return func.jsonb_path_query_array(column, literal_column(KEYS), type_=JSONB())


def is_one_of(path: Path, values: Sequence[str]) -> ColumnElement[bool]:
    return _contains_one_of(path, [leaf for value in values for leaf in _leaves(value)])


def holds_one_of(path: Path, values: Sequence[str]) -> ColumnElement[bool]:
    """One of the values is the value itself, an element of it or the `name` of an element."""
    leaves = [leaf for value in values for leaf in _leaves(value)]
    named = [f'[{{"name":{json.dumps(value)}}}]' for value in values]
    return _contains_one_of(path, [*leaves, *(f"[{leaf}]" for leaf in leaves), *named])


def compares(path: Path, comparison: Comparison, value: str) -> ColumnElement[bool]:
    stored = text(path)
    as_text = comparison(stored.collate("C"), literal(value, Text()))
    number = as_number(value)
    if number is None:
        return as_text
    is_number = or_(_kind(path) == "number", stored.regexp_match(NUMBER))
    return case((is_number, comparison(cast(stored, Numeric()), literal(number, Numeric()))), else_=as_text)


def has_element(
    path: Path, matches: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The value, or an element of it where it is an array, matches."""
    is_array = _kind(path) == "array"
    array = case((is_array, _value(path.column, path.keys)), else_=cast(literal("[]", Text()), JSONB()))
    element = func.jsonb_array_elements(array, type_=JSONB()).column_valued()
    name = element.op("->>", return_type=Text())(literal("name", Text()))
    content = element.op("#>>", return_type=Text())(literal([], ARRAY(Text())))
    found = exists(select(1).where(matches(func.coalesce(name, content))))
    return or_(found, and_(~is_array, matches(text(path))))


def _value(column: ColumnElement[Any], keys: Sequence[str]) -> ColumnElement[Any]:
    for key in keys:
        column = column.op("->", return_type=JSONB())(literal(key, Text()))
    return column


def _kind(path: Path) -> ColumnElement[str]:
    return func.jsonb_typeof(_value(path.column, path.keys), type_=Text())


def _leaves(value: str) -> Iterator[str]:
    """Every JSON scalar that reads like the value."""
    yield json.dumps(value)
    number = as_number(value)
    if number is not None:
        yield str(number)
    if value in ("true", "false"):
        yield value


def _contains_one_of(path: Path, leaves: Sequence[str]) -> ColumnElement[bool]:
    before = "".join(f'{{"{key}":' for key in path.keys)
    after = "}" * len(path.keys)
    contains = path.column.bool_op("@>")
    return or_(*(contains(cast(literal(before + leaf + after, Text()), JSONB())) for leaf in leaves))
