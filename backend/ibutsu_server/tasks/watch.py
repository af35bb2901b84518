"""Tasks as they are seen from outside: a line in the log and a number for each, and the request behind it."""

import logging
from time import perf_counter
from typing import Any

from celery import signals

from ibutsu_server.observing import context, lines
from ibutsu_server.observing.counting import counting

log = logging.getLogger(lines.TASKS)

HEADER = "ibutsu_request_id"
"""In the message of a task: the request, or the task, that asked for it says where it all began."""

LEVELS = {"FAILURE": logging.ERROR}
OUTCOMES = {"SUCCESS": "succeeded", "FAILURE": "failed", "RETRY": "put off"}
_BEGUN = "ibutsu_begun"
_CELERYS_LINES = {"celery.app.trace": logging.CRITICAL, "celery.worker.strategy": logging.WARNING}
"""They would tell the same again, with the arguments of the task."""


def watch() -> None:
    """Of every Celery application in this process; may be called for each."""
    signals.before_task_publish.connect(_name_request, dispatch_uid=__name__)
    signals.task_prerun.connect(_begin, dispatch_uid=__name__)
    signals.task_postrun.connect(_end, dispatch_uid=__name__)
    for name, level in _CELERYS_LINES.items():
        logging.getLogger(name).setLevel(level)


def _name_request(headers: Any = None, **_: Any) -> None:
    request_id = context.request_id()
    if request_id is not None and headers is not None:
        headers[HEADER] = request_id


def _begin(task_id: str, task: Any, **_: Any) -> None:
    work = context.Work(task.request.get(HEADER), task=task.name, task_id=task_id)
    setattr(task.request, _BEGUN, (perf_counter(), context.current.set(work)))


def _end(task: Any, retval: Any, state: str | None = None, **_: Any) -> None:
    begun, token = getattr(task.request, _BEGUN)
    seconds = perf_counter() - begun
    outcome = OUTCOMES.get(state or "", "given back")
    counting.book.task(task.name, outcome.replace(" ", "_"), seconds)
    told = {"outcome": outcome, "duration_ms": round(seconds * 1000, 1), "retries": task.request.retries or 0}
    log.log(
        LEVELS.get(state or "", logging.INFO),
        "Task %s %s in %.3f seconds",
        task.name,
        outcome,
        seconds,
        extra=told,
        exc_info=retval if isinstance(retval, Exception) and state == "FAILURE" else None,
    )
    context.current.reset(token)
