"""Projects over HTTP."""

from typing import Any

from ibutsu_server import filters, pages, serialize
from ibutsu_server.access import Scope, as_uuid
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Project
from ibutsu_server.domain import field_values, projects
from ibutsu_server.errors import Forbidden, NotSignedIn


def get_project_list(
    filter_: list[str] | None = None,
    owner_id: str | None = None,
    group_id: str | None = None,
    page: int = 1,
    page_size: int = 25,
) -> JSON:
    statement = matching(scope(), filter_, owner_id, group_id)
    found = pages.take(
        projects.with_people(statement), order=(Project.name, Project.id), page=page, page_size=page_size
    )
    return serialize.page("projects", found, serialize.project)


get_projects = get_project_list


def matching(caller: Scope, filter_: list[str] | None, owner_id: str | None, group_id: str | None) -> Any:
    """What the caller sees of what a list of projects was asked for."""
    statement = filters.apply(caller.select(Project), Project, filters.parse(filter_))
    if owner_id:
        statement = statement.where(Project.owner_id == as_uuid(owner_id, field="ownerId"))
    if group_id:
        statement = statement.where(Project.group_id == as_uuid(group_id, field="groupId"))
    return statement


def add_project(body: JSON) -> tuple[JSON, int]:
    return serialize.project(projects.add(scope().account(), body)), 201


def get_project(id_: str) -> JSON:
    return serialize.project(_own_project(id_))


def update_project(id_: str, body: JSON) -> JSON:
    project = scope("owner").get(Project, id_, lock=True)
    projects.change(project, body)
    return serialize.project(project)


def get_filter_params(id_: str) -> list[str]:
    return projects.filter_params(_own_project(id_))


def get_field_values(id_: str, field: str, prefix: str = "", days: int = 90, limit: int = 50) -> JSON:
    project = scope().get(Project, id_)
    found = field_values.of_field(project.id, field, prefix=prefix, days=days, limit=limit)
    values = [{"value": value, "count": count} for value, count in found.counts]
    return {"values": values, "is_complete": found.is_complete}


def _own_project(id_: str) -> Project:
    """Clients expect 401, not 403, where a project is not theirs."""
    try:
        return scope().get(Project, id_)
    except Forbidden:
        raise NotSignedIn("Unauthorized") from None
