"""Search over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Project
from ibutsu_server.domain import search


def search_project(id_: str, text: str, limit: int = 10) -> JSON:
    project = scope().get(Project, id_)
    return serialize.found(search.find(project.id, text, limit=limit))
