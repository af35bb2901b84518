"""The members of a project over HTTP."""

from ibutsu_server import pages, serialize
from ibutsu_server.access import as_uuid
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Project, User
from ibutsu_server.domain import members


def get_member_list(id_: str, page: int = 1, page_size: int = 25) -> JSON:
    project = scope().get(Project, id_)
    found = pages.take(members.everyone(project), order=(User.email, User.id), page=page, page_size=page_size)
    roles = members.roles(project, found.items)
    return serialize.page("members", found, lambda user: serialize.member(user, roles[user.id]))


def set_member(id_: str, user_id: str, body: JSON) -> JSON:
    project = scope("owner").get(Project, id_, lock=True)
    user = members.account(as_uuid(user_id, field="user_id"))
    members.appoint(project, user, body["role"])
    return serialize.member(user, body["role"])


def remove_member(id_: str, user_id: str) -> str:
    """Owners remove anybody, and everybody may leave."""
    caller, member = scope(), as_uuid(user_id, field="user_id")
    if member == caller.user.id:
        caller.require_unlimited()
    else:
        caller = scope("owner")
    members.remove(caller.get(Project, id_, lock=True), member)
    return "OK"
