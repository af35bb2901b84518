"""Unforeseen failures, of requests and of tasks, reported to Sentry.  Loaded only where its DSN is set."""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from ibutsu_server import __version__
from ibutsu_server.errors import Unavailable
from ibutsu_server.observing import context
from ibutsu_server.observing_settings import ObservingSettings

OURS = "ibutsu_server"


def start(settings: ObservingSettings) -> None:
    """Whatever of ours writes an exception into the log as an error, reports it with that."""
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.sentry_environment,
        sample_rate=settings.sentry_sample_rate,
        release=f"ibutsu-server@{__version__}",
        before_send=_scrubbed,
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
            DedupeIntegration(),
            ExcepthookIntegration(),
        ],
        include_local_variables=False,
        max_request_body_size="never",
        send_default_pii=False,
    )


def _scrubbed(event: Any, hint: dict[str, Any]) -> Any:
    """None for what is not reported: lines without an exception, and what is only away."""
    error = (hint.get("exc_info") or (None, None))[1]
    record = hint.get("log_record")
    is_ours = record is None or record.name.startswith(OURS)
    if error is None or not is_ours or isinstance(error, Unavailable):
        return None
    for name in ("request", "user", "breadcrumbs"):
        event.pop(name, None)
    work = context.current.get()
    if work is not None:
        known = ((name, getattr(work, name)) for name in context.FIELDS)
        event.setdefault("tags", {}).update({name: str(value) for name, value in known if value})
    return event
