"""Signing in over HTTP."""

from datetime import timedelta

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import settings
from ibutsu_server.domain import accounts


def login(body: JSON) -> JSON:
    configured = settings()
    user, jwt = accounts.sign_in(
        body["email"],
        body["password"],
        rounds=configured.bcrypt_log_rounds,
        lifetime=timedelta(seconds=configured.jwt_lifetime_seconds),
        login_enabled=configured.user_login_enabled,
    )
    return {"name": user.name, "email": user.email, "token": jwt}


def support() -> JSON:
    """Which ways to sign in this server offers."""
    providers = ("keycloak", "google", "github", "facebook", "gitlab")
    return {"user": settings().user_login_enabled, **dict.fromkeys(providers, False)}
