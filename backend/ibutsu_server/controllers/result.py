"""Results over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import (
    JSON,
    Answer,
    created,
    named_project,
    required_project,
    start_afresh,
)
from ibutsu_server.controllers.current import policy, scope
from ibutsu_server.controllers.task import is_too_long, later
from ibutsu_server.db.models import Result
from ibutsu_server.domain import listing, quotas, results
from ibutsu_server.domain.metadata import with_metadata


def get_result_list(
    filter_: list[str] | None = None,
    sort: str | None = None,
    estimate: bool = False,
    page: int = 1,
    page_size: int = 25,
) -> Answer:
    query = listing.Query(filter_, page, page_size, estimate, sort)
    if is_too_long(query):
        return later(scope(), "results", query)
    return serialize.page("results", listing.newest(scope(), Result, query), serialize.result)


def add_result(body: JSON) -> Answer:
    body = with_metadata(body)
    project_id = required_project(scope("reporter"), body)
    quotas.require_results(project_id, 1, default=policy(), stored_as=(Result, body.get("id")))
    result, replayed = results.add(project_id, body)
    return created(serialize.result(result), replayed=replayed)


def get_result(id_: str) -> JSON:
    return serialize.result(scope().get(Result, id_))


def update_result(id_: str, body: JSON, metadata: str = "merge") -> JSON:
    caller = scope("maintainer")
    result = caller.get(Result, id_, lock=True)
    body = with_metadata(body)
    start_afresh(result, body, metadata)
    results.change(result, body, project_id=named_project(caller, body))
    return serialize.result(result)


def delete_result(id_: str) -> str:
    results.remove(scope("maintainer").get(Result, id_))
    return "OK"
