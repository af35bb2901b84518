"""Every account over HTTP, for superadmins."""

from ibutsu_server import filters, pages, serialize
from ibutsu_server.access import Scope
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope, settings
from ibutsu_server.db.models import User
from ibutsu_server.domain import users


def admin_get_user_list(filter_: list[str] | None = None, page: int = 1, page_size: int = 25) -> JSON:
    statement = filters.apply(_superadmin().select(User), User, filters.parse(filter_))
    found = pages.take(statement, order=(User.email, User.id), page=page, page_size=page_size)
    projects = users.projects_of(found.items)
    return serialize.page("users", found, lambda user: serialize.account(user, projects[user.id]))


def admin_add_user(body: JSON) -> tuple[JSON, int]:
    _superadmin()
    return _account(users.add(body, rounds=settings().bcrypt_log_rounds)), 201


def admin_get_user(id_: str) -> JSON:
    return _account(_superadmin().get(User, id_))


def admin_update_user(id_: str, body: JSON) -> JSON:
    user = _superadmin().get(User, id_)
    users.change(user, body, rounds=settings().bcrypt_log_rounds)
    return _account(user)


def admin_delete_user(id_: str) -> str:
    caller = _superadmin()
    users.remove(caller.get(User, id_), heir=caller.account())
    return "OK"


def _superadmin() -> Scope:
    caller = scope()
    caller.require_superadmin()
    return caller


def _account(user: User) -> JSON:
    return serialize.account(user, users.projects_of([user])[user.id])
