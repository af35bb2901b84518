"""Who is calling."""

from collections.abc import Callable
from typing import Any

from connexion import context
from flask import Flask, current_app
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from ibutsu_server.access import Scope
from ibutsu_server.domain import tokens
from ibutsu_server.errors import NotSignedIn
from ibutsu_server.settings import Settings


def token_reader(app: Flask) -> Callable[[str], dict[str, Any]]:
    """The bearer check of the ASGI layer: signature and expiry, no database, so the event loop never waits."""

    def read_token(token: str) -> dict[str, Any]:
        try:
            with app.app_context():
                decode_token(token)
        except (PyJWTError, JWTExtendedException, ValueError):
            raise NotSignedIn("The token is not valid or has expired") from None
        return {"sub": None, "digest": tokens.digest_of(token)}

    return read_token


def scope() -> Scope:
    """What the caller is allowed; raises NotSignedIn when the token was revoked or its user is gone."""
    user = tokens.user_of(context.context["token_info"]["digest"])
    if user is None:
        raise NotSignedIn("The token was revoked or its user is no longer active")
    return Scope(user)


def settings() -> Settings:
    configured: Settings = current_app.config["SETTINGS"]
    return configured
