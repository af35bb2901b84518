"""`POST /admin/run-task`: superadmins have a background task done now, with the token in the body."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from flask import Flask, Response, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from ibutsu_server import tasks
from ibutsu_server.controllers import bodies
from ibutsu_server.controllers.current import holder_of, scope_of, settings
from ibutsu_server.domain import audit
from ibutsu_server.errors import Invalid, InvalidFields, NotFound, NotSignedIn, TooLarge
from ibutsu_server.schemas import require_email
from ibutsu_server.tasks.add_result_start_time import add_result_start_time
from ibutsu_server.tasks.clear_import_file_content import clear_import_file_content
from ibutsu_server.tasks.prune_old_files import prune_old_files
from ibutsu_server.tasks.prune_old_import_files import prune_old_import_files
from ibutsu_server.tasks.prune_old_results import prune_old_results
from ibutsu_server.tasks.prune_old_runs import prune_old_runs
from ibutsu_server.tasks.seed_users import seed_users
from ibutsu_server.tasks.sync_aborted_runs import sync_aborted_runs
from ibutsu_server.tasks.update_run import update_run

ReadToken = Callable[[str], dict[str, Any]]
Age = Annotated[int, Field(ge=0, le=10_000)]


def _email(text: str) -> str:
    try:
        return require_email(text)
    except Invalid as error:
        raise ValueError(error.message) from None


Email = Annotated[str, AfterValidator(_email)]


class Team(BaseModel):
    """Who belongs to a project."""

    model_config = ConfigDict(extra="forbid")

    owner: Email | None = None
    users: list[Email] = []


class Known(NamedTuple):
    """A task, and what may be said to it."""

    task: Any
    params: type[BaseModel]


def _known(task: Any, **params: Any) -> Known:
    return Known(task, create_model(task.name, __config__=ConfigDict(extra="forbid"), **params))


KNOWN = {
    "db.prune_old_files": _known(prune_old_files, months=(Age, 5)),
    "db.prune_old_results": _known(prune_old_results, months=(Age, 6)),
    "db.prune_old_runs": _known(prune_old_runs, months=(Age, 12)),
    "db.prune_old_import_files": _known(prune_old_import_files, days=(Age, 7)),
    "db.clear_import_file_content": _known(clear_import_file_content, import_id=(UUID, ...)),
    "db.seed_users": _known(seed_users, projects=(dict[str, Team], ...)),
    "results.add_result_start_time": _known(add_result_start_time, run_id=(UUID, ...)),
    "runs.update_run": _known(update_run, run_id=(UUID, ...)),
    "runs.sync_aborted_runs": _known(sync_aborted_runs),
}


def serve(app: Flask, read_token: ReadToken) -> None:
    """Served outside /api, where no token is asked for in a header."""

    @app.post("/admin/run-task")
    def run_task() -> Response:
        return _run_task(read_token)


def _run_task(read_token: ReadToken) -> Response:
    body = _body()
    _require_superadmin(body.get("token"), read_token)
    known = _find(body.get("task"))
    params = _checked(known, body.get("params")).model_dump(mode="json")
    audit.tell("create", "task", name=known.task.name, changes={"params": (None, params)})
    tasks.enqueue(known.task, *params.values())
    return Response("Accepted", status=202, mimetype="text/html")


def _body() -> dict[str, Any]:
    """Clients of the existing server send it with any content type."""
    limit = settings().request_max_bytes
    content = request.stream.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(f"The request body is larger than {limit} bytes")
    body = bodies.parse(content)
    if not isinstance(body, dict):
        raise Invalid("Bad Request: the body must be a JSON object")
    return body


def _require_superadmin(token: Any, read_token: ReadToken) -> None:
    if not token or not isinstance(token, str):
        raise NotSignedIn("Unauthorized: no token")
    scope_of(holder_of(read_token(token)["digest"])).require_superadmin()


def _find(name: Any) -> Known:
    if not name or not isinstance(name, str):
        raise Invalid("Bad Request: no task", field="task")
    if name.count(".") != 1:
        raise Invalid("A task is called <module>.<name>, for example runs.update_run", field="task")
    if name == "query.query_task":
        raise Invalid("Ask GET /run or GET /result for more than 500 items: that makes a task", field="task")
    if name not in KNOWN:
        raise NotFound(f"There is no task {name[:100]}: known are {', '.join(KNOWN)}")
    return KNOWN[name]


def _checked(known: Known, params: Any) -> BaseModel:
    try:
        return known.params.model_validate({} if params is None else params)
    except ValidationError as error:
        found = [(".".join(map(str, ("params", *one["loc"]))), str(one["msg"])) for one in error.errors()]
        message = "; ".join(f"{message} - '{field}'" for field, message in found)
        raise InvalidFields(message, found) from None
