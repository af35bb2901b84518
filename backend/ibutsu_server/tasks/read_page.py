"""Read a page of runs or results that is too long to wait for."""

import uuid
from collections.abc import Callable
from typing import Any

from ibutsu_server import serialize
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Result, Run, Task
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import listing, tasks
from ibutsu_server.tasks import celery_task

_KINDS: dict[str, tuple[Any, Callable[[Any], JSONObject]]] = {
    "runs": (Run, serialize.run),
    "results": (Result, serialize.result),
}


def _answer(scope: Scope, task: Task) -> JSONObject:
    entity, one = _KINDS[task.name]
    found = listing.newest(scope, entity, listing.Query(**task.params))
    return serialize.page(task.name, found, one)


@celery_task
def read_page(task_id: str) -> None:
    tasks.fulfil(uuid.UUID(task_id), _answer)
