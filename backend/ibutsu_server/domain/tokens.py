"""Tokens: JWTs that are shown once and remembered by their digest only."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from flask_jwt_extended import create_access_token
from sqlalchemy import bindparam, select

from ibutsu_server.access import Caller, Limits, Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Token, User, UserSession
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.domain import audit
from ibutsu_server.errors import Conflict, Invalid

DEFAULT_LIFETIME = timedelta(days=365)
LONGEST_LIFETIME = timedelta(days=365_000)


class Issued(NamedTuple):
    """A fresh token with the JWT that opens the door, which cannot be had again."""

    token: Token
    jwt: str


class Holder(Caller, Protocol):
    """Who holds a token, and what the token says about what it is for."""

    email: str
    token_id: uuid.UUID
    token_name: str
    project_id: uuid.UUID | None
    role: Any
    session_id: uuid.UUID | None


def digest_of(jwt: str) -> bytes:
    return hashlib.sha256(jwt.encode()).digest()


def issue(
    user: User, *, name: str, lifetime: timedelta, claims: JSONObject | None = None, **values: Any
) -> Issued:
    """Hand out a token; `values` are columns of `Token` that say what it is for."""
    jwt = create_access_token(str(user.id), expires_delta=lifetime, additional_claims=claims)
    token = Token(
        id=values.pop("id", None) or new_id(),
        user_id=user.id,
        name=name,
        digest=digest_of(jwt),
        last_four=jwt[-4:],
        expires=(now() + lifetime).replace(microsecond=0),
        **values,
    )
    db.session.add(token)
    db.session.flush()
    return Issued(token, jwt)


def issue_as_asked(scope: Scope, body: JSONObject) -> Issued:
    """Hand out an API token that ends at an ISO 8601 instant, or after a year.

    What it is limited to cannot be more than its maker may: the two are always asked together.
    """
    user = scope.account()
    id_ = uuid.UUID(body["id"]) if body.get("id") else None
    if id_ and db.session.get(Token, id_):
        raise Conflict(f"Token id {id_} already exist", field="id")
    lifetime = _lifetime_until(body["expires"])
    place = None if body.get("project") is None else scope.project_id(body["project"])
    return issue(user, name=body["name"], lifetime=lifetime, id=id_, project_id=place, role=body.get("role"))


def _lifetime_until(expires: str | None) -> timedelta:
    if expires is None:
        return DEFAULT_LIFETIME
    end = datetime.fromisoformat(expires)
    lifetime = (end if end.tzinfo else end.replace(tzinfo=UTC)) - now()
    if not timedelta() < lifetime < LONGEST_LIFETIME:
        raise Invalid("expires must be in the future, within the next thousand years", field="expires")
    return lifetime


def holder_of(digest: bytes) -> Holder | None:
    """Who holds this token, in one indexed query; nobody when it is revoked or over or its user inactive."""
    found = db.session.connection().execute(_HOLDER, {"digest": digest, "now": now()})
    holder: Holder | None = found.one_or_none()
    return holder


_HOLDER = (
    select(
        User.id,
        User.is_superadmin,
        User.email,
        Token.id.label("token_id"),
        Token.name.label("token_name"),
        Token.project_id,
        Token.role,
        Token.session_id,
    )
    .join(Token, Token.user_id == User.id)
    .where(Token.digest == bindparam("digest"), Token.expires > bindparam("now"), User.is_active)
)


def limits_of(holder: Holder) -> Limits:
    return Limits(holder.project_id, holder.role or "owner", holder.token_id)


def revoke(token: Token) -> None:
    db.session.delete(token)
    db.session.flush()


def revoke_all(user: User) -> None:
    """End every session and every program's access of this user."""
    audit.remove(Token, Token.user_id == user.id)
    audit.remove(UserSession, UserSession.user_id == user.id)
