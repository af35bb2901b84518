"""Every account over HTTP, for superadmins."""

from ibutsu_server import filters, pages, serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import settings, superadmin
from ibutsu_server.db.models import User
from ibutsu_server.domain import users


def admin_get_user_list(filter_: list[str] | None = None, page: int = 1, page_size: int = 25) -> JSON:
    statement = filters.apply(superadmin().select(User), User, filters.parse(filter_))
    found = pages.take(statement, order=(User.email, User.id), page=page, page_size=page_size)
    projects = users.projects_of(found.items)
    return serialize.page("users", found, lambda user: serialize.account(user, projects[user.id]))


def admin_add_user(body: JSON) -> tuple[JSON, int]:
    superadmin()
    return _account(users.add(body, rounds=settings().bcrypt_log_rounds)), 201


def admin_get_user(id_: str) -> JSON:
    return _account(superadmin().get(User, id_))


def admin_update_user(id_: str, body: JSON) -> JSON:
    user = superadmin().get(User, id_)
    users.change(user, body, rounds=settings().bcrypt_log_rounds)
    return _account(user)


def admin_delete_user(id_: str) -> str:
    caller = superadmin()
    users.remove(caller.get(User, id_), heir=caller.account())
    return "OK"


def _account(user: User) -> JSON:
    return serialize.account(user, users.projects_of([user])[user.id])
