"""Signing in and out over HTTP, and staying signed in."""

from flask import Response, jsonify, request

from ibutsu_server import sign_in as providers
from ibutsu_server.controllers import cookies, limits
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import lifetimes, settings, visitor
from ibutsu_server.db.models import UserSession
from ibutsu_server.domain import accounts, audit, sessions, tokens
from ibutsu_server.domain.sessions import Access
from ibutsu_server.errors import Forbidden, NotSignedIn


@limits.sign_in
def login(body: JSON) -> Response:
    configured = settings()
    user = accounts.sign_in(
        body["email"],
        body["password"],
        rounds=configured.bcrypt_log_rounds,
        login_enabled=configured.user_login_enabled,
    )
    access = sessions.open_session(user, visitor(), lifetimes())
    return _signed_in(access, in_cookies=body.get("cookies") or False)


@limits.renewal
def refresh(body: JSON) -> Response:
    """New access for a session, in the way in which its refresh token came."""
    given = body.get("refresh_token")
    found = cookies.refresh_token() if given is None else sessions.read(given)
    if found is None:
        raise NotSignedIn("A refresh token is needed, in the body or as a cookie")
    return _signed_in(sessions.renew(found, lifetimes()), in_cookies=given is None)


def logout() -> Response:
    """End the session of the caller, if it has not ended yet."""
    shown = request.authorization
    is_bearer = shown is not None and shown.type == "bearer"
    session = _session_of(shown.token or "") if shown and is_bearer else _session_of_browser()
    if session is not None:
        audit.act(user_id=session.user_id, token_id=session.id)
        sessions.close(session)
    return cookies.take_back(jsonify("OK"))


def _session_of(jwt: str) -> UserSession | None:
    digest = tokens.digest_of(jwt)
    holder = tokens.holder_of(digest)
    if holder is not None and holder.session_id is None:
        raise Forbidden("An API token cannot sign out: delete it instead, DELETE /user/token/{id}")
    return sessions.of_access(digest)


def _session_of_browser() -> UserSession | None:
    try:
        found = cookies.refresh_token()
    except NotSignedIn:
        return None
    return None if found is None else sessions.of_refresh(found)


def _signed_in(access: Access, *, in_cookies: bool) -> Response:
    body = {
        "name": access.user.name,
        "email": access.user.email,
        "expires_in": int(access.lifetime.total_seconds()),
    }
    secret = {} if in_cookies else {"token": access.jwt, "refresh_token": access.refresh}
    answer = jsonify(body | secret)
    answer.headers["Cache-Control"] = "no-store"
    return cookies.give(answer, access) if in_cookies else answer


def support() -> JSON:
    """Which ways to sign in this server offers."""
    configured = settings()
    return {
        "user": configured.user_login_enabled,
        "registration": configured.registration_is_open,
        "mail": configured.mail_server is not None,
        **providers.offered(configured),
    }
