"""The text of a value, read as the Python type of the column that it is compared with."""

import math
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeDecorator

from ibutsu_server.db.types import now
from ibutsu_server.errors import Invalid
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.moments import moving

NUMBER = r"^[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?$"
"""What counts as a number; the bounds keep casts from overflowing on any database."""

LARGEST_INTEGER = 2**63 - 1
_UUID = re.compile(r"(?:urn:)?(?:uuid:)?\{?[0-9a-f-]{32,36}\}?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def convert(field: str, kind: type, text: str) -> Any:
    """The value for a column of `kind`; raises `Invalid` where the text is none."""
    noun, read = _READERS[kind]
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{field}: '{shown(text)}' is not {noun}", field=field) from error


def python_type(column: ColumnElement[Any]) -> type:
    """SQLAlchemy does not tell it for decorated types."""
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return stored.python_type


def as_number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(NUMBER, text) else None


def narrowed(number: Decimal) -> int | float:
    """The number as both databases bind it: an integer wherever it is one and fits 64 bits."""
    is_integer = abs(number) <= LARGEST_INTEGER and number == number.to_integral_value()
    return int(number) if is_integer else float(number)


def _float(text: str) -> float:
    number = float(_decimal(text))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _integer(text: str) -> int | float:
    number = _decimal(text)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError(text)
    return narrowed(number)


def _decimal(text: str) -> Decimal:
    number = as_number(text.strip())
    if number is None:
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.lower()]


def _datetime(text: str) -> datetime:
    moment = moving(text, now())
    if moment is not None:
        return moment
    if not _DATE.match(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _uuid(text: str) -> uuid.UUID:
    if not _UUID.fullmatch(text):
        raise ValueError(text)
    return uuid.UUID(text)


_READERS: dict[type, tuple[str, Callable[[str], Any]]] = {
    str: ("text", str),
    float: ("a number", _float),
    int: ("a number", _integer),
    bool: ("true or false", _boolean),
    datetime: ("a date or time such as 2026-01-31, 2026-01-31T12:00:00Z or -7d", _datetime),
    uuid.UUID: ("a valid UUID", _uuid),
}
