"""Signing in over HTTP."""

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import lifetimes, settings, visitor
from ibutsu_server.domain import accounts, sessions


def login(body: JSON) -> JSON:
    configured = settings()
    user = accounts.sign_in(
        body["email"],
        body["password"],
        rounds=configured.bcrypt_log_rounds,
        login_enabled=configured.user_login_enabled,
    )
    access = sessions.open_session(user, visitor(), lifetimes())
    return {"name": user.name, "email": user.email, "token": access.jwt}


def support() -> JSON:
    """Which ways to sign in this server offers."""
    providers = ("keycloak", "google", "github", "facebook", "gitlab")
    return {"user": settings().user_login_enabled, **dict.fromkeys(providers, False)}
