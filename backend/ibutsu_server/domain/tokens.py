"""Tokens: JWTs that are shown once and remembered by their digest only."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask_jwt_extended import create_access_token
from sqlalchemy import bindparam, delete, select

from ibutsu_server.access import Caller
from ibutsu_server.db import db
from ibutsu_server.db.models import Token, User
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.errors import Conflict, Invalid

DEFAULT_LIFETIME = timedelta(days=365)
LONGEST_LIFETIME = timedelta(days=365_000)


class Issued(NamedTuple):
    """A fresh token with the JWT that opens the door, which cannot be had again."""

    token: Token
    jwt: str


def digest_of(jwt: str) -> bytes:
    return hashlib.sha256(jwt.encode()).digest()


def issue(user: User, *, name: str, kind: str, lifetime: timedelta, id_: uuid.UUID | None = None) -> Issued:
    """Hand out a token; `kind` is `api` or `session`, `id_` an id that the client made."""
    jwt = create_access_token(str(user.id), expires_delta=lifetime)
    token = Token(
        id=id_ or new_id(),
        user_id=user.id,
        kind=kind,
        name=name,
        digest=digest_of(jwt),
        last_four=jwt[-4:],
        expires=(now() + lifetime).replace(microsecond=0),
    )
    db.session.add(token)
    db.session.flush()
    return Issued(token, jwt)


def issue_as_asked(user: User, body: JSONObject) -> Issued:
    """Hand out an API token that ends at an ISO 8601 instant, or after a year."""
    id_ = uuid.UUID(body["id"]) if body.get("id") else None
    if id_ and db.session.get(Token, id_):
        raise Conflict(f"Token id {id_} already exist", field="id")
    lifetime = _lifetime_until(body["expires"])
    return issue(user, name=body["name"], kind="api", lifetime=lifetime, id_=id_)


def _lifetime_until(expires: str | None) -> timedelta:
    if expires is None:
        return DEFAULT_LIFETIME
    end = datetime.fromisoformat(expires)
    lifetime = (end if end.tzinfo else end.replace(tzinfo=UTC)) - now()
    if not timedelta() < lifetime < LONGEST_LIFETIME:
        raise Invalid("expires must be in the future, within the next thousand years", field="expires")
    return lifetime


def holder_of(digest: bytes) -> Caller | None:
    """Who holds this token, in one indexed query; nobody when it is revoked or over or its user inactive."""
    found = db.session.connection().execute(_HOLDER, {"digest": digest, "now": now()})
    holder: Caller | None = found.one_or_none()
    return holder


_HOLDER = (
    select(User.id, User.is_superadmin)
    .join(Token, Token.user_id == User.id)
    .where(Token.digest == bindparam("digest"), Token.expires > bindparam("now"), User.is_active)
)


def revoke(token: Token) -> None:
    db.session.delete(token)
    db.session.flush()


def revoke_all(user: User) -> None:
    """End every session and every program's access of this user."""
    db.session.execute(delete(Token).where(Token.user_id == user.id))
