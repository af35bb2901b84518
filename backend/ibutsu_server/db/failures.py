"""What the database refuses or cannot do, told in the product's own errors."""

import sqlite3

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from ibutsu_server import errors

_TIMEOUT = "The database took too long: ask for less, for example with more filters"


def _meaning(failure: BaseException) -> errors.Error | None:
    match failure:
        case psycopg.errors.QueryCanceled():
            return errors.TookTooLong(_TIMEOUT)
        case sqlite3.OperationalError() if "interrupted" in str(failure):
            return errors.TookTooLong(_TIMEOUT)
        case psycopg.errors.InvalidRegularExpression():
            return errors.Invalid(f"Bad regular expression: {failure.diag.message_primary}", field="filter")
        case psycopg.errors.ForeignKeyViolation():
            return errors.Conflict("Something that this request refers to was deleted meanwhile")
        case psycopg.errors.UniqueViolation():
            return errors.Conflict("Something with this id or name already exists")
        case sqlite3.IntegrityError() if "FOREIGN KEY" in str(failure):
            return errors.Conflict("Something that this request refers to was deleted meanwhile")
        case sqlite3.IntegrityError() if "UNIQUE" in str(failure):
            return errors.Conflict("Something with this id or name already exists")
        case psycopg.errors.DeadlockDetected() | psycopg.errors.SerializationFailure():
            return errors.Unavailable("Another request got in the way; please try again")
        case psycopg.OperationalError():
            return errors.Unavailable("The database does not answer; please try again later")
        case sqlite3.OperationalError() if "locked" in str(failure):
            return errors.Unavailable("The database is busy; please try again")
        case _:
            return None


def translate(engine: Engine) -> None:
    """Raise errors of the product in place of the driver's for everything that runs on this engine."""

    @event.listens_for(engine, "handle_error")
    def _raise_meaning(context: ExceptionContext) -> errors.Error | None:
        return _meaning(context.original_exception)
