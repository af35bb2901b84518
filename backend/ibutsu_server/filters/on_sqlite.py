"""Conditions on JSON as SQLite is asked."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.types import NullType

from ibutsu_server.filters.operators import Comparison
from ibutsu_server.filters.paths import Path
from ibutsu_server.filters.patterns import search_in
from ibutsu_server.filters.values import NUMBER, as_number, narrowed


def text(path: Path) -> ColumnElement[str]:
    """The value as text; null where it is missing or a JSON null."""
    return _text(_kind(path), _value(path))


def is_present(path: Path) -> ColumnElement[bool]:
    return _value(path).is_not(None)


def is_one_of(path: Path, values: Sequence[str]) -> ColumnElement[bool]:
    return _is_one_of(_kind(path), _value(path), values)


def holds_one_of(path: Path, values: Sequence[str]) -> ColumnElement[bool]:
    """One of the values is the value itself, an element of it or the `name` of an element."""
    return or_(
        is_one_of(path, values),
        _some_element(
            path,
            lambda kind, value: or_(_is_one_of(kind, value, values), _name(kind, value).in_(values)),
        ),
    )


def compares(path: Path, comparison: Comparison, value: str) -> ColumnElement[bool]:
    as_text = comparison(text(path), literal(value, Text()))
    number = as_number(value)
    if number is None:
        return as_text
    bound = literal(narrowed(number))
    is_numeric_text = and_(_kind(path) == "text", search_in(text(path), NUMBER))
    return case(
        (_kind(path).in_(("integer", "real")), comparison(_value(path), bound)),
        (is_numeric_text, comparison(cast(_value(path), Numeric()), bound)),
        else_=as_text,
    )


def has_element(
    path: Path, matches: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The value, or an element of it where it is an array, matches."""
    return or_(
        and_(_kind(path) != "array", matches(text(path))),
        _some_element(
            path, lambda kind, value: matches(func.coalesce(_name(kind, value), _text(kind, value)))
        ),
    )


def _location(path: Path) -> str:
    return "$" + "".join(f'."{key}"' for key in path.keys)


def _kind(path: Path) -> ColumnElement[str]:
    return func.json_type(path.column, _location(path), type_=Text())


def _value(path: Path) -> ColumnElement[Any]:
    return func.json_extract(path.column, _location(path), type_=NullType())


def _text(kind: ColumnElement[str], value: ColumnElement[Any]) -> ColumnElement[str]:
    """Not the plain value: SQLite's booleans are 1 and 0."""
    return case((kind.in_(("true", "false")), kind), else_=cast(value, Text()))


def _name(kind: ColumnElement[str], value: ColumnElement[Any]) -> ColumnElement[str]:
    return case((kind == "object", func.json_extract(value, "$.name", type_=Text())))


def _is_one_of(
    kind: ColumnElement[str], value: ColumnElement[Any], values: Sequence[str]
) -> ColumnElement[bool]:
    numbers = [narrowed(number) for number in map(as_number, values) if number is not None]
    booleans = [value for value in values if value in ("true", "false")]
    return or_(
        and_(kind == "text", value.in_(values)),
        and_(kind.in_(("integer", "real")), value.in_(numbers)),
        kind.in_(booleans),
    )


def _some_element(
    path: Path, matches: Callable[[ColumnElement[str], ColumnElement[Any]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    elements = func.json_each(path.column, _location(path)).table_valued("type", "value")
    found = exists(select(1).select_from(elements).where(matches(elements.c.type, elements.c.value)))
    return and_(_kind(path) == "array", found)
