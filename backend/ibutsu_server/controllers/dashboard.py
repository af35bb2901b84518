"""Dashboards over HTTP."""

from flask import Response

from ibutsu_server import filters, pages, serialize
from ibutsu_server.access import as_uuid
from ibutsu_server.controllers import conditional
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Dashboard
from ibutsu_server.domain import dashboard_copies, dashboards


def get_dashboard_list(
    filter_: list[str] | None = None,
    project_id: str | None = None,
    user_id: str | None = None,
    page: int = 1,
    page_size: int = 25,
) -> JSON:
    caller = scope()
    statement = filters.apply(caller.select(Dashboard), Dashboard, filters.parse(filter_))
    if project_id:
        key = caller.project_id(str(as_uuid(project_id, field="project_id")))
        statement = statement.where(Dashboard.project_id == key)
    if user_id:
        statement = statement.where(Dashboard.user_id == as_uuid(user_id, field="user_id"))
    order = (Dashboard.title.asc().nulls_last(), Dashboard.id)
    found = pages.take(statement, order=order, page=page, page_size=page_size)
    return serialize.page("dashboards", found, serialize.dashboard)


def add_dashboard(body: JSON) -> tuple[JSON, int]:
    return serialize.dashboard(dashboards.add(scope("maintainer"), body)), 201


def get_dashboard(id_: str) -> Response:
    return conditional.answer(serialize.dashboard(scope().get(Dashboard, id_)))


def update_dashboard(id_: str, body: JSON) -> JSON:
    caller = scope("maintainer")
    dashboard = caller.get(Dashboard, id_, lock=True)
    dashboards.change(caller, dashboard, body)
    return serialize.dashboard(dashboard)


def delete_dashboard(id_: str) -> str:
    dashboards.delete(scope("maintainer").get(Dashboard, id_, lock=True))
    return "OK"


def copy_dashboard(id_: str, body: JSON) -> tuple[JSON, int]:
    caller = scope()
    copied = dashboard_copies.copy(caller, caller.get(Dashboard, id_), body)
    return serialize.dashboard(copied), 201


def export_dashboard(id_: str) -> JSON:
    caller = scope()
    return dashboard_copies.document(caller, caller.get(Dashboard, id_))


def import_dashboard(body: JSON, project_id: str | None = None) -> tuple[JSON, int]:
    return serialize.dashboard(dashboard_copies.make(scope("maintainer"), body, project_id)), 201
