"""How log lines look: JSON for programs that collect them, text for people."""

import logging
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.orjson import OrjsonFormatter

from ibutsu_server.observing import context
from ibutsu_server.observing_settings import ObservingSettings

REQUESTS = "ibutsu_server.request"
"""The logger of the lines that tell of one request each."""

TASKS = "ibutsu_server.task"

_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.asgi")
_ACCESS = "uvicorn.access"
"""It writes query strings, in which secrets may be."""

_TALKATIVE = ("httpx", "httpcore")
"""They tell of every request with its query string."""

_ALEMBIC = "alembic.runtime.migration"
_NO_NEWS = ("Context impl", "Will assume")
"""Alembic says so whenever somebody asks for the version of the database."""

_NOT_OURS = ("color_message", "data")
"""What uvicorn and Celery have in their records for formatters of their own; Celery has arguments there."""

_IN_TEXT = ("operation", "user_id", "project_id", "address", "task_id", "request_id")


class _Handler(logging.StreamHandler[Any]):
    """Ours, to be found again when lines are configured once more."""


class _JSON(OrjsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            ("levelname", "name", "message"),
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
            reserved_attrs=[*RESERVED_ATTRS, *_NOT_OURS],
            timestamp="time",
            defaults={"time": None},  # which makes it the first
        )

    def formatException(self, ei: Any) -> Any:  # noqa: N802 - logging's name
        kind, error, _ = ei
        return {"type": kind.__qualname__, "message": str(error), "traceback": super().formatException(ei)}


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        known = ((name, getattr(record, name, None)) for name in _IN_TEXT)
        told = [f"{name}={value}" for name, value in known if value]
        return " ".join([super().formatMessage(record), *told])


def configure(settings: ObservingSettings) -> None:
    """Of this process; may be done again."""
    handler = _Handler()
    handler.setFormatter(_JSON() if settings.logs_json else _Text())
    handler.addFilter(_with_work)
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(settings.least_level)
    logging.getLogger(REQUESTS).setLevel(_level_of_requests(settings))
    logging.captureWarnings(settings.logs_json)
    for name in _SERVER:
        _pass_on(logging.getLogger(name))
    _silence(logging.getLogger(_ACCESS))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_ALEMBIC).addFilter(_is_news)


def _with_work(record: logging.LogRecord) -> bool:
    """Lets every record pass, with what is known of the request or the task that it belongs to."""
    work = context.current.get()
    if work is not None:
        for name in context.FIELDS:
            value = getattr(work, name)
            if value is not None and name not in record.__dict__:
                setattr(record, name, value)
    return True


def _is_news(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_NO_NEWS)


def _level_of_requests(settings: ObservingSettings) -> int:
    if not settings.logs_requests:
        return logging.WARNING
    return logging.DEBUG if settings.least_level == "DEBUG" else logging.INFO


def _pass_on(logger: logging.Logger) -> None:
    logger.handlers = []
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


def _silence(logger: logging.Logger) -> None:
    logger.handlers = []
    logger.propagate = False
