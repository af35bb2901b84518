"""Errors as RFC 9457 problems: the only place that knows which status an error has."""

import logging
from http import HTTPStatus
from typing import Any

from connexion import FlaskApp
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.problem import problem
from starlette.exceptions import HTTPException

from ibutsu_server import errors
from ibutsu_server.observing import context

log = logging.getLogger(__name__)

STATUS: dict[type[errors.Error], int] = {
    errors.Invalid: 400,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.TooOften: 429,
    errors.Unavailable: 503,
    errors.TookTooLong: 504,
    errors.QuotaExceeded: 507,
}


class Refused(errors.Error):
    """An answer whose odd status clients depend on."""

    def __init__(self, status: int, message: str, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.status = status


class InvalidBody(errors.InvalidFields):
    """A body that breaks the schema, with one message a field."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        told = (f"{message} - '{field}'" if field else message for field, message in found)
        super().__init__("; ".join(told), found)


def register(app: FlaskApp) -> None:
    app.add_error_handler(errors.Error, _product_error)
    app.add_error_handler(HTTPException, _framework_error)
    app.add_error_handler(ProblemException, _framework_error)  # for which Connexion has a handler of its own
    app.add_error_handler(Exception, _unforeseen)


def _status_of(error: errors.Error) -> int:
    if isinstance(error, Refused):
        return error.status
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


async def _product_error(_request: ConnexionRequest, error: errors.Error) -> ConnexionResponse:
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, errors.TooOften) else None
    return _problem(_status_of(error), error.message, headers=headers, **_members(error))


def _members(error: errors.Error) -> dict[str, Any]:
    match error:
        case errors.LoginRefused():
            return {"code": error.code, "message": error.message}
        case errors.InvalidFields():
            return {"errors": [{"field": field, "message": message} for field, message in error.found]}
        case errors.NotReady():
            return {"checks": error.checks}
        case errors.RejectedLines():
            return {"errors": list(error.rejected)}
        case errors.Error(field=str(field)):
            return {"errors": [{"field": field, "message": error.message}]}
        case _:
            return {}


async def _framework_error(_request: ConnexionRequest, error: HTTPException) -> ConnexionResponse:
    headers = dict(error.headers) if error.headers else None
    detail = error.detail or (error.title if isinstance(error, ProblemException) else None)
    return _problem(error.status_code, detail or HTTPStatus(error.status_code).description, headers=headers)


async def _unforeseen(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    log.error("A request failed in an unforeseen way", exc_info=error)
    return _problem(500, "The server made a mistake; it has been logged")


def _problem(status: int, detail: str, *, headers: Any = None, **members: Any) -> ConnexionResponse:
    headers = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", "1")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        members["request_id"] = context.request_id()  # by which its lines are found in the log
    return problem(status, HTTPStatus(status).phrase, detail, headers=headers, ext=members)
