"""What the database refuses or cannot do, told in the product's own errors."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from ibutsu_server import errors

_SLOW = errors.TookTooLong, "The database took too long: ask for less, for example with more filters"
GONE = "Something that this request refers to was deleted meanwhile"
_GONE = errors.Conflict, GONE
_TAKEN = errors.Conflict, "Something with this id or name already exists"
_BUSY = errors.Unavailable, "Another request got in the way; please try again"
_AWAY = errors.Unavailable, "The database does not answer; please try again later"

_OF_POSTGRESQL: tuple[tuple[type[Exception], tuple[type[errors.Error], str]], ...] = (
    (psycopg.errors.QueryCanceled, _SLOW),
    (psycopg.errors.ForeignKeyViolation, _GONE),
    (psycopg.errors.UniqueViolation, _TAKEN),
    (psycopg.errors.DeadlockDetected, _BUSY),
    (psycopg.errors.SerializationFailure, _BUSY),
    (psycopg.errors.LockNotAvailable, _BUSY),
    (psycopg.OperationalError, _AWAY),
)
_OF_SQLITE = (
    ("interrupted", _SLOW),
    ("FOREIGN KEY", _GONE),
    ("UNIQUE", _TAKEN),
    ("locked", _BUSY),
)


def _meaning(failure: BaseException) -> errors.Error | None:
    if isinstance(failure, psycopg.errors.InvalidRegularExpression):
        reason = failure.diag.message_primary
        return errors.Invalid(f"PostgreSQL cannot read this regular expression: {reason}", field="filter")
    if isinstance(failure, sqlite3.Error):
        return next((kind(told) for text, (kind, told) in _OF_SQLITE if text in str(failure)), None)
    return next((kind(told) for cause, (kind, told) in _OF_POSTGRESQL if isinstance(failure, cause)), None)


def translate(engine: Engine) -> None:
    """Raise errors of the product in place of the driver's for everything that runs on this engine."""

    @event.listens_for(engine, "handle_error")
    def _raise_meaning(context: ExceptionContext) -> errors.Error | None:
        return _meaning(context.original_exception)


@contextmanager
def told() -> Iterator[None]:
    """The same for what is asked of PostgreSQL's driver itself; of a taken key, who asks knows more."""
    try:
        yield
    except psycopg.errors.UniqueViolation:
        raise
    except psycopg.Error as failure:
        raise _meaning(failure) or failure from failure
