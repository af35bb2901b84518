"""Answers that are prepared in the background, for lists too long to wait for."""

import logging
import uuid
from collections.abc import Callable

from ibutsu_server.access import Limits, Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Task, Token, User
from ibutsu_server.db.types import JSONObject
from ibutsu_server.errors import Error, NotSignedIn

log = logging.getLogger(__name__)


def order(scope: Scope, name: str, params: JSONObject) -> Task:
    """Note down what a caller asks for; only they can fetch the answer."""
    token_id = None if scope.limits.are_none else scope.limits.token_id
    task = Task(user_id=scope.user.id, token_id=token_id, name=name, params=params)
    db.session.add(task)
    db.session.flush()
    return task


def fulfil(task_id: uuid.UUID, answer: Callable[[Scope, Task], JSONObject]) -> None:
    """Prepare what was asked for, with the rights of who asked; an order that is gone is forgotten."""
    task = db.session.get(Task, task_id)
    if task is None:
        return
    try:
        task.result = answer(_scope_of(task), task)
        task.state = "SUCCESS"
    except Error as error:
        _fail(task, error.message)
    except Exception:
        log.exception("A task failed in an unforeseen way")
        _fail(task, "The server made a mistake; it has been logged")
    db.session.flush()


def _scope_of(task: Task) -> Scope:
    user = db.session.get_one(User, task.user_id)
    if task.token_id is None:
        return Scope(user)
    token = db.session.get(Token, task.token_id)
    if token is None:
        raise NotSignedIn("The token was revoked before this was done")
    return Scope(user, limits=Limits(token.project_id, token.role or "owner", token.id))  # type: ignore[arg-type]


def _fail(task: Task, reason: str) -> None:
    db.session.rollback()
    task.state, task.error = "FAILURE", reason
