"""Provisional."""

from typing import Any


def counted(scope: Any, entity: Any, clauses: Any) -> int | None:
    return None
