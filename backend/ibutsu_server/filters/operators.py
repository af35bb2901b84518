"""What the operators mean and which types of columns know them."""

import operator
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from ibutsu_server.errors import Invalid
from ibutsu_server.filters.grammar import Clause

Comparison = Callable[[Any, Any], ColumnElement[bool]]

COMPARISONS: dict[str, Comparison] = {
    "=": operator.eq,
    "!": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ")": operator.ge,
    ">=": operator.ge,
    "(": operator.le,
    "<=": operator.le,
}
ORDER = frozenset(COMPARISONS) - {"=", "!"}
_EQUALITY = frozenset("=!*@")

_KNOWN: dict[type, frozenset[str]] = {
    str: _EQUALITY | ORDER | {"~", "%"},
    float: _EQUALITY | ORDER,
    int: _EQUALITY | ORDER,
    datetime: _EQUALITY | ORDER,
    bool: _EQUALITY,
    uuid.UUID: _EQUALITY | {"~"},
}
_NOUNS = {float: "a number", int: "a number", datetime: "a time", bool: "a boolean", uuid.UUID: "an id"}


def require_known(clause: Clause, kind: type) -> None:
    if clause.operator not in _KNOWN[kind]:
        raise Invalid(
            f"{clause.field}: '{clause.operator}' cannot be used on {_NOUNS[kind]}", field=clause.field
        )


def wants_presence(clause: Clause) -> bool:
    """`@y`, `@true`, `@1` ask for rows that have the field, any other value for rows that lack it."""
    if not clause.value:
        raise Invalid(f"{clause.field}: '@' needs a value: y or n", field=clause.field)
    return clause.value[0] in "yYtT1"
