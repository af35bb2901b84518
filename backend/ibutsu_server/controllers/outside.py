"""What every request passes before anything else, whichever ASGI server it came through."""

from functools import partial
from typing import Any

from connexion import FlaskApp
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ibutsu_server.controllers.headers import SecurityHeaders
from ibutsu_server.controllers.stopping import Stopping
from ibutsu_server.settings import Settings

METHODS = ("DELETE", "GET", "HEAD", "POST", "PUT")
ASKED = (
    "Authorization",
    "Content-Encoding",
    "Idempotency-Key",
    "If-None-Match",
    "Range",
    "X-CSRF-TOKEN",
    "X-Request-ID",
)
TOLD = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Ibutsu-Warnings",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
PREFLIGHT_SECONDS = 600


def surround(app: FlaskApp, settings: Settings) -> None:
    """The first of them is the outermost; all are further out than the handlers of errors."""
    layers: list[Any] = [
        partial(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)),
        partial(Stopping, readiness=app.app.config["READINESS"], drain_seconds=settings.drain_seconds),
        partial(SecurityHeaders, settings=settings),
    ]
    if settings.cors_origins:
        layers.append(_cross_origin(settings.cors_origins))
    app.middleware.middlewares[:0] = layers


def _cross_origin(origins: tuple[str, ...]) -> Any:
    """Pages elsewhere show tokens: our cookies stay with our own pages, so nobody is let in by accident."""
    return partial(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=ASKED,
        allow_credentials=False,
        expose_headers=TOLD,
        max_age=PREFLIGHT_SECONDS,
    )
