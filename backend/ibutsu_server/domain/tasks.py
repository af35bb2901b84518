"""Answers that are prepared in the background, for lists too long to wait for."""

import logging
import uuid
from collections.abc import Callable

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Task, User
from ibutsu_server.db.types import JSONObject
from ibutsu_server.errors import Error

log = logging.getLogger(__name__)


def order(scope: Scope, name: str, params: JSONObject) -> Task:
    """Note down what a caller asks for; only they can fetch the answer."""
    task = Task(user_id=scope.user.id, name=name, params=params)
    db.session.add(task)
    db.session.flush()
    return task


def fulfil(task_id: uuid.UUID, answer: Callable[[Scope, Task], JSONObject]) -> None:
    """Prepare what was asked for, with the rights of who asked; an order that is gone is forgotten."""
    task = db.session.get(Task, task_id)
    if task is None:
        return
    try:
        task.result = answer(Scope(db.session.get_one(User, task.user_id)), task)
        task.state = "SUCCESS"
    except Error as error:
        _fail(task, error.message)
    except Exception:
        log.exception("A task failed in an unforeseen way")
        _fail(task, "The server made a mistake; it has been logged")
    db.session.flush()


def _fail(task: Task, reason: str) -> None:
    db.session.rollback()
    task.state, task.error = "FAILURE", reason
