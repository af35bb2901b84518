"""The caller's own sign-ins over HTTP: where they are signed in, and ending it."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import holder, scope, scope_of
from ibutsu_server.db.models import UserSession
from ibutsu_server.domain import sessions


def get_session_list(page: int = 1, page_size: int = 25) -> JSON:
    caller = holder()
    found = sessions.of_user(scope_of(caller), page=page, page_size=page_size)
    return serialize.page(
        "sessions", found, lambda one: serialize.session(one, is_current=one.id == caller.session_id)
    )


def delete_session(id_: str) -> str:
    sessions.close(scope().get(UserSession, id_))
    return "OK"


def delete_other_sessions() -> str:
    caller = holder()
    sessions.close_others(scope_of(caller), but=caller.session_id)
    return "OK"
