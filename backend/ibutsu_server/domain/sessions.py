"""Sessions: one for each sign-in, kept open by a refresh token that is used once."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import Any, NamedTuple

from flask_jwt_extended import create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError
from sqlalchemy import delete, select

from ibutsu_server import pages
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Token, User, UserSession
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import audit, tokens
from ibutsu_server.errors import NotSignedIn

GRACE = timedelta(seconds=60)
"""A refresh token that was just used may come again: its answer was lost, or two tabs asked at once."""

USER_AGENT_CHARACTERS = 400
_OVER = "The session is over, please sign in again"


class Visitor(NamedTuple):
    """Where a sign-in comes from, to be recognised by its owner in the list of sessions."""

    address: str | None = None
    user_agent: str | None = None


class Lifetimes(NamedTuple):
    """Of an access token, and of the session that can make new ones."""

    access: timedelta
    session: timedelta


class Access(NamedTuple):
    """What a sign-in or a renewal hands out; neither text can be had again."""

    user: User
    session: UserSession
    jwt: str
    refresh: str
    lifetime: timedelta

    @property
    def seconds_of_session(self) -> int:
        return int((self.session.expires - now()).total_seconds())


class Refresh(NamedTuple):
    """What a refresh token says; `secret` is what makes it this one of the session's."""

    session_id: uuid.UUID
    secret: str
    csrf: str

    @property
    def digest(self) -> bytes:
        return tokens.digest_of(self.secret)

    def successor(self) -> "Refresh":
        """The same for whoever asks, so that all who renew at once end up with the same token.

        It cannot be told from the stored digest, which is one of another text.
        """
        return self._replace(secret=hashlib.sha256(f"after {self.secret}".encode()).hexdigest())


def open_session(user: User, visitor: Visitor, lifetimes: Lifetimes) -> Access:
    """Begin a session; who calls this has made sure that it is this user."""
    refresh = Refresh(new_id(), secrets.token_hex(), secrets.token_hex())
    session = UserSession(
        id=refresh.session_id,
        user_id=user.id,
        refresh_digest=refresh.digest,
        address=visitor.address,
        user_agent=(visitor.user_agent or "")[:USER_AGENT_CHARACTERS] or None,
        expires=now() + lifetimes.session,
    )
    audit.act(user_id=user.id, user_email=user.email)
    db.session.add(session)
    db.session.flush()
    return _access(user, session, refresh, lifetimes)


def read(refresh: str) -> Refresh:
    """What a refresh token says; raises NotSignedIn unless we signed it and it is still valid."""
    try:
        claims = decode_token(refresh)
        return Refresh(uuid.UUID(claims["session"]), claims["jti"], claims["csrf"])
    except (PyJWTError, JWTExtendedException, ValueError, KeyError):
        raise NotSignedIn(_OVER) from None


def renew(refresh: Refresh, lifetimes: Lifetimes) -> Access:
    """New access for a session; raises NotSignedIn when it is over.

    A refresh token of the session that comes once more was stolen, by whom cannot be told: it ends then.
    """
    row = _locked(refresh.session_id)
    if row is None:
        raise NotSignedIn(_OVER)
    session, user = row
    if refresh.digest == session.refresh_digest:
        session.previous_digest, session.used = refresh.digest, now()
        session.refresh_digest = refresh.successor().digest
        _forget_ended_access(session)
    elif refresh.digest != session.previous_digest or session.used < now() - GRACE:
        close(session)
        db.session.commit()  # the refusal must not undo this
        raise NotSignedIn("The refresh token was used before: the session was ended, please sign in again")
    return _access(user, session, refresh.successor(), lifetimes)


def _locked(session_id: uuid.UUID) -> tuple[UserSession, User] | None:
    """One renewal after the other: the second one sees what the first one stored."""
    statement = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == session_id, UserSession.expires > now(), User.is_active)
        .with_for_update(of=UserSession)
    )
    row: Any = db.session.execute(statement).one_or_none()
    return None if row is None else (row.UserSession, row.User)


def _forget_ended_access(session: UserSession) -> None:
    db.session.execute(delete(Token).where(Token.session_id == session.id, Token.expires <= now()))


def _access(user: User, session: UserSession, refresh: Refresh, lifetimes: Lifetimes) -> Access:
    left = session.expires - now()
    lifetime = min(lifetimes.access, left)
    claims = {"csrf": refresh.csrf}
    issued = tokens.issue(user, name="login-token", lifetime=lifetime, claims=claims, session_id=session.id)
    claims |= {"jti": refresh.secret, "session": str(session.id)}
    text = create_refresh_token(str(user.id), expires_delta=left, additional_claims=claims)
    return Access(user, session, issued.jwt, text, lifetime)


def of_user(scope: Scope, *, page: int, page_size: int) -> pages.Page[Any]:
    """The caller's open sessions, the one used last first."""
    scope.require_unlimited()
    statement = scope.select(UserSession).where(UserSession.expires > now())
    order = (UserSession.used.desc(), UserSession.id.desc())
    return pages.take(statement, order=order, page=page, page_size=page_size)


def close(session: UserSession) -> None:
    """End a session and the access that it gave."""
    db.session.delete(session)
    db.session.flush()


def close_others(scope: Scope, *, but: uuid.UUID | None) -> None:
    """End all sessions of the caller except the one that they are using."""
    scope.require_unlimited()
    for session in db.session.scalars(scope.select(UserSession)):
        if session.id != but:
            db.session.delete(session)
    db.session.flush()


def of_access(digest: bytes) -> UserSession | None:
    """The session that an access token belongs to, also when the token itself has ended."""
    statement = (
        select(UserSession).join(Token, Token.session_id == UserSession.id).where(Token.digest == digest)
    )
    return db.session.scalar(statement)


def of_refresh(refresh: Refresh) -> UserSession | None:
    return db.session.get(UserSession, refresh.session_id)
