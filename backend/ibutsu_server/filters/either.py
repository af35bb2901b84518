"""A condition that each database is asked in its own words."""

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class either(FunctionElement[bool]):  # noqa: N801 - reads as a function: either(on_postgresql, on_sqlite)
    """Which one is sent is known only when the statement is compiled."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: object = None) -> "either":  # noqa: ARG002
        """It brings its own parentheses; SQLAlchemy's `(...) = 1` would keep SQLite from using indexes."""
        return self


@compiles(either, "postgresql")
def _on_postgresql(element: either, compiler: SQLCompiler, **options: Any) -> str:
    condition, _ = element.clauses
    return f"({compiler.process(condition, **options)})"


@compiles(either)
def _on_sqlite(element: either, compiler: SQLCompiler, **options: Any) -> str:
    _, condition = element.clauses
    return f"({compiler.process(condition, **options)})"
