"""Clauses on a column of the entity, by the column's Python type."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Text, cast, func, literal, type_coerce
from sqlalchemy.types import TypeEngine

from ibutsu_server.filters.either import either
from ibutsu_server.filters.grammar import Clause
from ibutsu_server.filters.operators import COMPARISONS, ORDER, require_known, wants_presence
from ibutsu_server.filters.patterns import SEARCHES
from ibutsu_server.filters.values import convert, python_type


def on_column(column: ColumnElement[Any], clause: Clause) -> ColumnElement[bool]:
    kind = python_type(column)
    require_known(clause, kind)
    match clause.operator:
        case "@":
            return column.is_not(None) if wants_presence(clause) else column.is_(None)
        case "*":
            return column.in_([_operand(column, clause.field, item) for item in clause.items])
        case "~" if kind is uuid.UUID:
            return SEARCHES["~"](cast(column, Text()), _dashed(column), clause)
        case "~" | "%":
            return SEARCHES[clause.operator](column, column, clause)
    return _compares(column, clause)


def _compares(column: ColumnElement[Any], clause: Clause) -> ColumnElement[bool]:
    """Text is ordered by code points, as on SQLite, whatever the language of the PostgreSQL database."""
    comparison = COMPARISONS[clause.operator]
    operand = _operand(column, clause.field, clause.value)
    plain = comparison(column, operand)
    is_ordered_text = isinstance(column.type, Text) and clause.operator in ORDER
    return either(comparison(column.collate("C"), operand), plain) if is_ordered_text else plain


def _operand(column: ColumnElement[Any], field: str, text: str) -> ColumnElement[Any]:
    """Numbers are bound wider than the column: what is too large for it is unequal, not an error."""
    value = convert(field, python_type(column), text)
    widened: dict[type, TypeEngine[Any]] = {float: Float(), int: BigInteger()}
    return literal(value, widened.get(type(value), column.type))


def _dashed(column: ColumnElement[Any]) -> ColumnElement[str]:
    """SQLite stores ids without dashes."""
    digits = type_coerce(column, Text())
    first, *others = (func.substr(digits, at, size) for at, size in _UUID_GROUPS)
    dashed: ColumnElement[str] = type_coerce(first, Text())
    for group in others:
        dashed = dashed + "-" + type_coerce(group, Text())
    return dashed


_UUID_GROUPS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
