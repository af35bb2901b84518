"""Clauses on a value in a JSON column: text, unless both sides are numbers."""

from sqlalchemy import ColumnElement, and_, not_

from ibutsu_server.errors import Invalid
from ibutsu_server.filters import on_postgresql, on_sqlite
from ibutsu_server.filters.either import either
from ibutsu_server.filters.grammar import Clause
from ibutsu_server.filters.operators import COMPARISONS, wants_presence
from ibutsu_server.filters.paths import Path
from ibutsu_server.filters.patterns import SEARCHES


def on_value(path: Path, clause: Clause) -> ColumnElement[bool]:
    match clause.operator:
        case "=":
            return _is_one_of(path, clause.value)
        case "*":
            return _is_one_of(path, *clause.items)
        case "!":
            return and_(not_(_is_missing(path)), not_(_is_one_of(path, clause.value)))
        case "@":
            return _is_present(path) if wants_presence(clause) else _is_missing(path)
        case "~" | "%":
            return SEARCHES[clause.operator](on_postgresql.text(path), on_sqlite.text(path), clause)
    comparison = COMPARISONS[clause.operator]
    return either(
        on_postgresql.compares(path, comparison, clause.value),
        on_sqlite.compares(path, comparison, clause.value),
    )


def on_array(path: Path, clause: Clause) -> ColumnElement[bool]:
    """Tags and their like: a clause is about the elements, or about the value where it is no array."""
    match clause.operator:
        case "=":
            return _holds_one_of(path, clause.value)
        case "*":
            return _holds_one_of(path, *clause.items)
        case "!":
            return and_(not_(_is_missing(path)), not_(_holds_one_of(path, clause.value)))
        case "@":
            return on_value(path, clause)
        case "~" | "%":
            return _has_element(path, clause)
    raise Invalid(f"{clause.field}: '{clause.operator}' cannot be used on a list", field=clause.field)


def _is_present(path: Path) -> ColumnElement[bool]:
    return either(on_postgresql.is_present(path), on_sqlite.is_present(path))


def _is_missing(path: Path) -> ColumnElement[bool]:
    return either(on_postgresql.text(path).is_(None), not_(on_sqlite.is_present(path)))


def _is_one_of(path: Path, *values: str) -> ColumnElement[bool]:
    return either(on_postgresql.is_one_of(path, values), on_sqlite.is_one_of(path, values))


def _holds_one_of(path: Path, *values: str) -> ColumnElement[bool]:
    return either(on_postgresql.holds_one_of(path, values), on_sqlite.holds_one_of(path, values))


def _has_element(path: Path, clause: Clause) -> ColumnElement[bool]:
    found = SEARCHES[clause.operator]
    return either(
        on_postgresql.has_element(path, lambda text: found(text, text, clause)),
        on_sqlite.has_element(path, lambda text: found(text, text, clause)),
    )
