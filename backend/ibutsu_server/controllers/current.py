"""Who is calling."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from time import time
from typing import Any

from connexion import context
from flask import Flask, current_app, request
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from ibutsu_server.access import Role, Scope
from ibutsu_server.db import db
from ibutsu_server.domain import audit, policies, tokens
from ibutsu_server.domain.policies import Policy
from ibutsu_server.domain.sessions import Lifetimes, Visitor
from ibutsu_server.errors import NotSignedIn, Unavailable
from ibutsu_server.observing import context as observed
from ibutsu_server.settings import Settings
from ibutsu_server.tasks.readiness import Readiness
from ibutsu_server.tasks.vital_signs import VitalSigns


def token_reader(app: Flask) -> Callable[[str], dict[str, Any]]:
    """The check of tokens in the ASGI layer: signature and end, no database to make the event loop wait."""

    @lru_cache(maxsize=10_000)
    def claims_of(token: str) -> tuple[float, str]:
        """A signature does not change: the tokens in use are checked once, not with every request."""
        with app.app_context():
            claims = decode_token(token)
        if claims["type"] != "access":
            raise ValueError("A refresh token is for /login/refresh only")
        return claims["exp"], claims.get("csrf") or ""  # tokens of the old server have none

    def read_token(token: str) -> dict[str, Any]:
        try:
            end, csrf = claims_of(token)
        except (PyJWTError, JWTExtendedException, ValueError, KeyError):
            raise NotSignedIn(_WORTHLESS) from None
        if end <= time():
            raise NotSignedIn(_WORTHLESS)
        return {"sub": None, "digest": tokens.digest_of(token), "csrf": csrf}

    return read_token


_WORTHLESS = "The token is not valid or has expired"


def scope(role: Role = "viewer") -> Scope:
    """What the caller is allowed where they are at least `role`.

    Raises NotSignedIn when the token was revoked or its user is gone.
    """
    return scope_of(holder(), role)


def superadmin() -> Scope:
    """The scope of somebody who may do everything; raises Forbidden for everybody else."""
    caller = scope()
    caller.require_superadmin()
    return caller


def scope_of(caller: tokens.Holder, role: Role = "viewer") -> Scope:
    return Scope(caller, role, tokens.limits_of(caller))


def holder() -> tokens.Holder:
    """Who is calling, and with which token or session."""
    return holder_of(context.context["token_info"]["digest"])


def holder_of(digest: bytes) -> tokens.Holder:
    """Who holds the token of this digest, and is calling with it."""
    found = _holder(digest)
    if found is None:
        raise NotSignedIn("The token was revoked or its user is no longer active")
    _note_caller(found)
    return found


def note_address() -> None:
    """Where a request comes from: all that the audit log can say of who is not signed in."""
    audit.act(address=request.remote_addr)


def _note_caller(holder: tokens.Holder) -> None:
    """The tokens of a sign-in change, and its session stays the same."""
    observed.note(user_id=holder.id)
    audit.act(
        user_id=holder.id,
        user_email=holder.email,
        token_id=holder.session_id or holder.token_id,
        token_name=holder.token_name,
        is_program=holder.session_id is None,
    )


def _holder(digest: bytes) -> tokens.Holder | None:
    """The first statement of a request notices when the database was away: then a new connection helps."""
    try:
        return tokens.holder_of(digest)
    except Unavailable:
        db.session.rollback()
        return tokens.holder_of(digest)


def lifetimes() -> Lifetimes:
    configured = settings()
    return Lifetimes(
        access=timedelta(seconds=configured.jwt_access_lifetime_seconds),
        session=timedelta(seconds=configured.jwt_lifetime_seconds),
    )


def visitor() -> Visitor:
    return Visitor(request.remote_addr, request.headers.get("User-Agent"))


def settings() -> Settings:
    configured: Settings = current_app.config["SETTINGS"]
    return configured


def policy() -> Policy:
    """What holds for projects that say nothing themselves."""
    return policies.defaults(settings())


def vital_signs() -> VitalSigns:
    signs: VitalSigns = current_app.config["VITAL_SIGNS"]
    return signs


def readiness() -> Readiness:
    ready: Readiness = current_app.config["READINESS"]
    return ready
