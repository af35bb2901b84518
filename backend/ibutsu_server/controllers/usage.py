"""How much projects store and were sent, over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers import current
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope, superadmin
from ibutsu_server.db.models import Project
from ibutsu_server.domain import policies, usage_reports


def get_usage(id_: str, months: int = 12) -> JSON:
    project = scope("owner").get(Project, id_)
    effective = current.policy().overlaid(policies.stored(project.id))
    return serialize.usage(usage_reports.of(project), usage_reports.months(project.id, months), effective)


def admin_get_usage_list(page: int = 1, page_size: int = 25) -> JSON:
    superadmin()
    return serialize.page("projects", usage_reports.largest(page, page_size), serialize.stored)
