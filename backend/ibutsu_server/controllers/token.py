"""The caller's own API tokens over HTTP."""

from ibutsu_server import pages, serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Token
from ibutsu_server.domain import tokens


def get_token_list(page: int = 1, page_size: int = 25) -> JSON:
    """Sign-ins are sessions, not tokens that somebody made: they are not listed."""
    caller = scope()
    caller.require_unlimited()
    statement = caller.select(Token).where(Token.session_id.is_(None))
    found = pages.take(statement, order=(Token.name, Token.id), page=page, page_size=page_size)
    return serialize.page("tokens", found, serialize.token)


def add_token(body: JSON) -> tuple[JSON, int]:
    issued = tokens.issue_as_asked(scope(), body)
    return serialize.token(issued.token, jwt=issued.jwt), 201


def get_token(id_: str) -> JSON:
    return serialize.token(scope().get(Token, id_))


def delete_token(id_: str) -> str:
    tokens.revoke(scope().get(Token, id_))
    return "OK"
