"""Every project over HTTP, for superadmins."""

from ibutsu_server import pages, serialize
from ibutsu_server.controllers import project as member_views
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import superadmin
from ibutsu_server.db.models import Project
from ibutsu_server.domain import projects


def admin_get_project_list(
    filter_: list[str] | None = None,
    owner_id: str | None = None,
    group_id: str | None = None,
    page: int = 1,
    page_size: int = 25,
) -> JSON:
    statement = member_views.matching(superadmin(), filter_, owner_id, group_id)
    found = pages.take(
        projects.with_owner(statement), order=(Project.name, Project.id), page=page, page_size=page_size
    )
    return serialize.page("projects", found, serialize.owned_project)


def admin_add_project(body: JSON) -> tuple[JSON, int]:
    return serialize.owned_project(projects.add(superadmin().account(), body)), 201


def admin_get_project(id_: str) -> JSON:
    return serialize.owned_project(superadmin().get(Project, id_))


def admin_update_project(id_: str, body: JSON) -> JSON:
    project = superadmin().get(Project, id_, lock=True)
    projects.change(project, body)
    return serialize.owned_project(project)


def admin_delete_project(id_: str) -> str:
    projects.remove(superadmin().get(Project, id_))
    return "OK"
