"""Signing in with a provider over HTTP: the browser goes there, and comes back with a code."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, request

from ibutsu_server import sign_in
from ibutsu_server.controllers import cookies, limits
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import lifetimes, settings, visitor
from ibutsu_server.domain import identities, sessions
from ibutsu_server.errors import Forbidden, Invalid
from ibutsu_server.sign_in import attempt
from ibutsu_server.sign_in.attempt import Attempt
from ibutsu_server.sign_in.provider import Away, Provider, Unconfirmed, start_url

COOKIE = "ibutsu_sign_in"


def config(provider: str) -> JSON:
    place = sign_in.known(provider, settings())
    if place is None:
        return {}
    return {
        "authorization_url": start_url(settings(), provider),
        "client_id": place.client_id,
        "redirect_uri": place.redirect_uri,
        "scope": place.scope,
        **place.public(),
    }


def authorize(provider: str, next_: str = "/") -> Response:
    place = sign_in.named(provider, settings())
    begun = attempt.begin(provider, next_)
    try:
        url = place.authorization_url(begun)
    except (Away, Unconfirmed) as failure:
        return _to_login_page(failure.message)
    answer = _sent_on(url)
    sealed = attempt.seal(begun, _secret())
    answer.set_cookie(COOKIE, sealed, max_age=attempt.LIFETIME_SECONDS, **_kind_of_cookie(place))
    return answer


@limits.provider
def auth(
    provider: str, code: str | None = None, state: str | None = None, error: str | None = None
) -> Response:
    if not code and not error:
        raise Invalid("Bad Request: code is missing", field="code")
    place = sign_in.named(provider, settings())
    begun = attempt.unseal(request.cookies.get(COOKIE), _secret(), provider=provider, state=state)
    answer = _let_in(place, code, begun) if code else _to_login_page(_reason(place, error))
    answer.delete_cookie(COOKIE, **_kind_of_cookie(place))
    return answer


def _let_in(place: Provider, code: str, begun: Attempt) -> Response:
    """The provider is asked before the database is: nobody waits for a lock while it thinks."""
    try:
        person = place.person(code, begun)
        user = identities.user_of(person, may_register=settings().registration_enabled)
    except (Away, Unconfirmed, Forbidden) as failure:
        return _to_login_page(failure.message)
    access = sessions.open_session(user, visitor(), lifetimes())
    return cookies.give(_sent_on(f"{_pages()}{begun.next}"), access)


def _reason(place: Provider, error: str | None) -> str:
    if error == "access_denied":
        return f"You did not allow {place.title} to say who you are"
    return f"{place.title} refused to say who you are, please try again"


def _to_login_page(message: str) -> Response:
    return _sent_on(f"{_pages()}/login?{urlencode({'st': 'error', 'msg': message}, safe=',')}")


def _sent_on(url: str) -> Response:
    answer: Any = redirect(url)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer  # type: ignore[no-any-return]


def _pages() -> str:
    return settings().frontend_url.rstrip("/")


def _secret() -> str:
    return settings().jwt_secret or ""


def _kind_of_cookie(place: Provider) -> dict[str, Any]:
    """For the way back only, and there also from another site, which a provider is."""
    address = urlsplit(place.redirect_uri)
    return {
        "path": address.path,
        "secure": address.scheme == "https",
        "httponly": True,
        "samesite": "Lax",
    }
