"""The caller's own account over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope, settings
from ibutsu_server.db.models import User
from ibutsu_server.domain import accounts


def get_current_user() -> JSON:
    caller = scope()
    return serialize.user(caller.get(User, caller.user.id))


def update_current_user(body: JSON) -> JSON:
    user = scope().account()
    accounts.change(user, body, rounds=settings().bcrypt_log_rounds)
    return serialize.user(user)
