"""Runs over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import (
    JSON,
    Answer,
    created,
    named_project,
    required_project,
    start_afresh,
)
from ibutsu_server.controllers.current import scope
from ibutsu_server.controllers.problems import Refused
from ibutsu_server.controllers.task import is_too_long, later
from ibutsu_server.db.models import Run
from ibutsu_server.domain import listing, runs
from ibutsu_server.domain.metadata import with_metadata
from ibutsu_server.errors import Invalid, NotFound

BULK_MAX = 25


def get_run_list(
    filter_: list[str] | None = None,
    sort: str | None = None,
    estimate: bool = False,
    page: int = 1,
    page_size: int = 25,
) -> Answer:
    query = listing.Query(filter_, page, page_size, estimate, sort)
    if is_too_long(query):
        return later(scope(), "runs", query)
    return serialize.page("runs", listing.newest(scope(), Run, query), serialize.run)


def add_run(body: JSON) -> Answer:
    caller = scope("reporter")
    body = with_metadata(body)
    if not body.get("metadata"):
        raise Invalid("Bad request, no data supplied", field="metadata")
    run, replayed = runs.add(required_project(caller, body), body, reporter_id=caller.user.id)
    return created(serialize.run(run), replayed=replayed)


def get_run(id_: str) -> JSON:
    return serialize.run(scope().get(Run, id_))


def update_run(id_: str, body: JSON, metadata: str = "merge") -> JSON:
    caller = scope("reporter")
    run = caller.get(Run, id_, lock=True)
    caller.require_change(run)
    body = with_metadata(body)
    project_id = named_project(caller, body)
    if project_id not in (None, run.project_id):
        caller.require_role("maintainer", run.project_id, project_id)
    if body.get("is_kept") not in (None, run.is_kept):
        caller.require_role("maintainer", run.project_id)
    start_afresh(run, body, metadata)
    runs.change(run, body, project_id=project_id)
    return serialize.run(run)


def delete_run(id_: str) -> str:
    runs.remove(scope("maintainer").get(Run, id_))
    return "OK"


def bulk_update(body: JSON, filter_: list[str] | None = None, page_size: int = 1) -> JSON:
    """Give the newest matching runs the same metadata."""
    caller = scope("maintainer")
    metadata = body.get("metadata")
    if not metadata:
        raise Refused(401, "Bad request, can only update metadata", field="metadata")
    if page_size > BULK_MAX:
        raise Refused(
            405, f"Bad request, cannot update more than {BULK_MAX} runs at a time", field="pageSize"
        )
    project_id = named_project(caller, body)
    found = listing.newest(caller, Run, listing.Query(filter_, page_size=page_size))
    if not found.items:
        raise NotFound(f"No runs found with {filter_ or []}")
    for run in found.items:
        runs.change(run, {"metadata": metadata}, project_id=project_id)
    return serialize.page("runs", found, serialize.run)
