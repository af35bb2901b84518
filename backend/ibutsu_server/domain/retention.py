"""How long things are kept."""

from datetime import timedelta

from sqlalchemy import delete, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Task
from ibutsu_server.db.types import now

UNFINISHED = ("PENDING", "STARTED", "RETRY")


def prune_tasks(older_than: timedelta) -> None:
    """Delete long answers, fetched or not."""
    db.session.execute(delete(Task).where(Task.created < now() - older_than))


def fail_interrupted_tasks() -> None:
    """A queue in memory ends with its process: whoever waits for one of its tasks is told."""
    statement = update(Task).where(Task.state.in_(UNFINISHED))
    values = {"state": "FAILURE", "error": "The server was restarted before this was done, please ask again"}
    db.session.execute(statement.values(values))
