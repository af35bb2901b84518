"""Saved filters over HTTP."""

from ibutsu_server import pages, serialize
from ibutsu_server.access import as_uuid
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import SavedFilter
from ibutsu_server.domain import saved_filters


def get_saved_filter_list(project_id: str | None = None, page: int = 1, page_size: int = 25) -> JSON:
    caller = scope()
    statement = caller.select(SavedFilter)
    if project_id:
        key = caller.project_id(str(as_uuid(project_id, field="project_id")))
        statement = statement.where(SavedFilter.project_id == key)
    order = (SavedFilter.name, SavedFilter.id)
    found = pages.take(statement, order=order, page=page, page_size=page_size)
    return serialize.page("saved_filters", found, serialize.saved_filter)


def add_saved_filter(body: JSON) -> tuple[JSON, int]:
    return serialize.saved_filter(saved_filters.add(scope(), body)), 201


def get_saved_filter(id_: str) -> JSON:
    return serialize.saved_filter(scope().get(SavedFilter, id_))


def update_saved_filter(id_: str, body: JSON) -> JSON:
    caller = scope("maintainer")
    saved = caller.get(SavedFilter, id_, lock=True)
    saved_filters.change(caller, saved, body)
    return serialize.saved_filter(saved)


def delete_saved_filter(id_: str) -> str:
    saved_filters.delete(scope("maintainer").get(SavedFilter, id_, lock=True))
    return "OK"
