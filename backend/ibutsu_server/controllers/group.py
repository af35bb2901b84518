"""Groups over HTTP."""

from ibutsu_server import pages, serialize
from ibutsu_server.controllers.answers import JSON, start_afresh
from ibutsu_server.controllers.current import scope, superadmin
from ibutsu_server.db.models import Group
from ibutsu_server.domain import groups


def get_group_list(page: int = 1, page_size: int = 25) -> JSON:
    found = pages.take(scope().select(Group), order=(Group.name, Group.id), page=page, page_size=page_size)
    return serialize.page("groups", found, serialize.group)


def add_group(body: JSON) -> tuple[JSON, int]:
    superadmin()
    return serialize.group(groups.add(body)), 201


def get_group(id_: str) -> JSON:
    return serialize.group(scope().get(Group, id_))


def update_group(id_: str, body: JSON, metadata: str = "merge") -> JSON:
    group = superadmin().get(Group, id_, lock=True)
    start_afresh(group, body, metadata)
    groups.change(group, body)
    return serialize.group(group)


def delete_group(id_: str) -> str:
    groups.remove(superadmin().get(Group, id_))
    return "OK"
