"""The cookies of a browser that is signed in, and the proof that a request comes from our own pages."""

from http import HTTPMethod
from secrets import compare_digest
from typing import Any

from flask import Response, request
from flask_jwt_extended import set_access_cookies, set_refresh_cookies, unset_jwt_cookies

from ibutsu_server.domain import sessions
from ibutsu_server.domain.sessions import Access, Refresh
from ibutsu_server.errors import Forbidden
from ibutsu_server.settings import Settings

REFRESH = "ibutsu_refresh"
CSRF = "ibutsu_csrf"
CSRF_HEADER = "X-CSRF-TOKEN"
SAFE = {HTTPMethod.GET, HTTPMethod.HEAD}


def configuration(settings: Settings) -> dict[str, Any]:
    """The settings of Flask-JWT-Extended.

    Both tokens of a session have the same CSRF value and share one cookie for it.  Lax lets people in who
    follow a link to an artifact; nothing is changed by what a link can do.
    """
    return {
        "JWT_ACCESS_COOKIE_NAME": "ibutsu_access",
        "JWT_ACCESS_CSRF_COOKIE_NAME": CSRF,
        "JWT_REFRESH_COOKIE_NAME": REFRESH,
        "JWT_REFRESH_COOKIE_PATH": "/api/login",
        "JWT_REFRESH_CSRF_COOKIE_NAME": CSRF,
        "JWT_COOKIE_SAMESITE": "Lax",
        "JWT_COOKIE_SECURE": settings.backend_url.startswith("https://"),
    }


def give(response: Response, access: Access) -> Response:
    """Let the browser that gets this answer in; its cookies last as long as the session."""
    seconds = access.seconds_of_session
    set_access_cookies(response, access.jwt, max_age=seconds)
    set_refresh_cookies(response, access.refresh, max_age=seconds)
    return response


def take_back(response: Response) -> Response:
    unset_jwt_cookies(response)
    return response


def refresh_token() -> Refresh | None:
    """The refresh token of the browser; raises Forbidden when some other page has sent the request."""
    text = request.cookies.get(REFRESH)
    if not text:
        return None
    refresh = sessions.read(text)
    require_own_page(refresh.csrf, request.headers.get(CSRF_HEADER))
    return refresh


def require_own_page(csrf: str, sent: str | None) -> None:
    """Browsers send cookies for every page; only ours can read the value to send beside them."""
    if not csrf or not compare_digest(csrf.encode(), (sent or "").encode()):
        raise Forbidden(f"With cookies, the header {CSRF_HEADER} must have the value of the cookie {CSRF}")
