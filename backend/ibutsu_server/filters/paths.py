"""The place of a value within a JSON column."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

DEEPEST = 20


@dataclass(frozen=True)
class Path:
    column: ColumnElement[Any]
    keys: tuple[str, ...]
