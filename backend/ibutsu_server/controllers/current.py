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
from ibutsu_server.domain import tokens
from ibutsu_server.domain.sessions import Lifetimes, Visitor
from ibutsu_server.errors import NotSignedIn, Unavailable
from ibutsu_server.settings import Settings


def token_reader(app: Flask) -> Callable[[str], dict[str, Any]]:
    """The bearer check of the ASGI layer: signature and expiry, no database to make the event loop wait."""

    @lru_cache(maxsize=10_000)
    def end_of(token: str) -> float:
        """A signature does not change: the tokens in use are checked once, not with every request."""
        with app.app_context():
            end: float = decode_token(token)["exp"]
        return end

    def read_token(token: str) -> dict[str, Any]:
        try:
            is_over = end_of(token) <= time()
        except (PyJWTError, JWTExtendedException, ValueError, KeyError):
            is_over = True
        if is_over:
            raise NotSignedIn("The token is not valid or has expired")
        return {"sub": None, "digest": tokens.digest_of(token)}

    return read_token


def scope(role: Role = "viewer") -> Scope:
    """What the caller is allowed where they are at least `role`.

    Raises NotSignedIn when the token was revoked or its user is gone.
    """
    holder = _holder(context.context["token_info"]["digest"])
    if holder is None:
        raise NotSignedIn("The token was revoked or its user is no longer active")
    return Scope(holder, role, tokens.limits_of(holder))


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
