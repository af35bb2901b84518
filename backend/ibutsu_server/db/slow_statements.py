"""How long statements take: each is counted, and the slow ones are told in the log, without their values."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from ibutsu_server.observing.counting import counting

log = logging.getLogger(__name__)

SHOWN = 2000
"""Characters of a statement in the log."""

KINDS = {"SELECT": "select", "WITH": "select", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}
_BEGUN = "ibutsu_server.db.slow_statements"


class _Watch(NamedTuple):
    """Kept with the engine, for who talks to the driver itself."""

    slow_seconds: float

    def note(self, statement: str, kind: str, seconds: float) -> None:
        counting.book.statement(kind, seconds)
        if self.slow_seconds and seconds >= self.slow_seconds:
            told = " ".join(statement[:SHOWN].split())
            extra = {"duration_ms": round(seconds * 1000)}
            log.warning("A statement took %.2f seconds: %s", seconds, told, extra=extra)


def watch(engine: Engine, *, slow_seconds: float) -> None:
    """Call once, after what else is to happen before statements; without anything to tell it does nothing."""
    if not slow_seconds and not counting.book.is_open:
        return
    found = _Watch(slow_seconds)
    engine.update_execution_options(**{_BEGUN: found})

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_: object) -> None:
        connection.info[_BEGUN] = perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(
        connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        begun = connection.info.pop(_BEGUN, None)
        if begun is not None:  # a database in memory has one connection for all threads
            found.note(statement, _kind(statement, context), perf_counter() - begun)

    @event.listens_for(engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        begun = context.connection.info.pop(_BEGUN, None) if context.connection is not None else None
        if begun is not None and context.statement is not None:
            kind = _kind(context.statement, context.execution_context)
            found.note(context.statement, kind, perf_counter() - begun)


def _kind(statement: str, context: Any) -> str:
    if context.isinsert:
        return "insert"
    if context.isupdate:
        return "update"
    if context.isdelete:
        return "delete"
    return KINDS.get(statement.lstrip()[:6].rstrip().partition(" ")[0].upper(), "other")


@contextmanager
def timed(connection: Connection, statement: str, kind: str) -> Iterator[None]:
    """For what is asked of the driver itself."""
    found: _Watch | None = connection.get_execution_options().get(_BEGUN)
    begun = perf_counter()
    try:
        yield
    finally:
        if found is not None:
            found.note(statement, kind, perf_counter() - begun)
