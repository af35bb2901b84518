"""Sessions: one for each sign-in, kept open by a refresh token that is used once."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import User, UserSession
from ibutsu_server.db.types import now
from ibutsu_server.domain import tokens
from ibutsu_server.errors import NotSignedIn

GRACE = timedelta(seconds=60)
"""A refresh token that was just used may come again: its answer was lost, or two tabs asked at once."""

USER_AGENT_CHARACTERS = 400


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


def open_session(user: User, visitor: Visitor, lifetimes: Lifetimes) -> Access:
    """Begin a session; who calls this has made sure that it is this user."""
    refresh = secrets.token_urlsafe(32)
    session = UserSession(
        user_id=user.id,
        refresh_digest=tokens.digest_of(refresh),
        address=visitor.address,
        user_agent=(visitor.user_agent or "")[:USER_AGENT_CHARACTERS] or None,
        expires=now() + lifetimes.session,
    )
    db.session.add(session)
    db.session.flush()
    return _access(user, session, refresh, lifetimes.access)


def renew(refresh: str, lifetimes: Lifetimes) -> Access:
    """New access for a session; raises NotSignedIn when it is over or the refresh token was stolen."""
    digest = tokens.digest_of(refresh)
    statement = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            (UserSession.refresh_digest == digest) | (UserSession.previous_digest == digest),
            UserSession.expires > now(),
            User.is_active,
        )
        .with_for_update(of=UserSession)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotSignedIn("The session is over, please sign in again")
    session, user = row
    if session.refresh_digest != digest and session.used < now() - GRACE:
        close(session)
        db.session.commit()  # the refusal must not undo this
        raise NotSignedIn("The refresh token was used before: the session was ended, please sign in again")
    fresh = secrets.token_urlsafe(32)
    session.previous_digest, session.refresh_digest, session.used = digest, tokens.digest_of(fresh), now()
    return _access(user, session, fresh, lifetimes.access)


def close(session: UserSession) -> None:
    """End a session and the access that it gave."""
    db.session.delete(session)
    db.session.flush()


def _access(user: User, session: UserSession, refresh: str, lifetime: timedelta) -> Access:
    issued = tokens.issue(user, name="login-token", lifetime=lifetime, session_id=session.id)
    return Access(user, session, issued.jwt, refresh)
