"""Long answers over HTTP: ordered with one request, fetched with another."""

from ibutsu_server import pages, serialize, tasks
from ibutsu_server.access import Scope
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Result, Run, Task
from ibutsu_server.domain import listing
from ibutsu_server.domain import tasks as orders
from ibutsu_server.domain.listing import Query
from ibutsu_server.errors import NotFound
from ibutsu_server.tasks.read_page import read_page

MAX_INLINE = 500
_LISTED = {"runs": Run, "results": Result}
_PENDING = (206, "Task not yet started or invalid, check back later")
_ANSWERS = {
    "SUCCESS": (200, "Task has succeeded"),
    "PENDING": _PENDING,
    "STARTED": (206, "Task has started but is still running, check back later"),
    "RETRY": (206, "Task has been retried, possibly due to failure"),
    "FAILURE": (203, "Task has failed!"),
}


def get_task(id_: str) -> tuple[JSON, int]:
    """An unknown task is answered like one that waits: clients poll before it can be seen."""
    try:
        task = scope().get(Task, id_)
    except NotFound:
        return {"state": "PENDING", "message": _PENDING[1]}, _PENDING[0]
    status, message = _ANSWERS[task.state]
    return serialize.task(task, message), status


def is_too_long(query: Query) -> bool:
    return query.page_size > MAX_INLINE


def later(caller: Scope, plural: str, query: Query) -> tuple[JSON, int]:
    """Answer a list that is too long to wait for with a task that will hold it."""
    pages.offset_of(query.page, query.page_size)
    listing.require_order(_LISTED[plural], query)
    task = orders.order(caller, plural, query.as_json())
    tasks.enqueue(read_page, str(task.id))
    answer = {
        "task_id": str(task.id),
        "message": f"More than {MAX_INLINE} items take a while: fetch them from query_endpoint",
        "query_endpoint": f"/task/{task.id}",
    }
    return answer, 201
