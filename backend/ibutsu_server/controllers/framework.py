"""Where Connexion's ways differ from ours."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from connexion.context import operation
from connexion.resolver import Resolver
from connexion.security import NO_VALUE, AbstractSecurityHandler, BearerSecurityHandler
from connexion.uri_parsing import OpenAPIURIParser
from connexion.validators import ParameterValidator
from flask import Flask, Response, current_app, request
from yaml import safe_dump

from ibutsu_server import openapi
from ibutsu_server.controllers.cookies import CSRF_HEADER, SAFE, require_own_page
from ibutsu_server.controllers.idempotency import once
from ibutsu_server.errors import Invalid, NotFound
from ibutsu_server.schemas import faults


class JSONResolver(Resolver):
    """Finds the handler of an operation and makes JSON of what it returns.

    Connexion itself refuses to choose between JSON and the `application/problem+json` of errors.
    """

    def resolve_function_from_operation_id(self, operation_id: str) -> Callable[..., Response]:
        return _answers_json(super().resolve_function_from_operation_id(operation_id))


def _answers_json(handler: Callable[..., Any]) -> Callable[..., Response]:
    @functools.wraps(handler)
    def answer(*args: Any, **kwargs: Any) -> Response:
        return once(lambda: _as_json(handler(*args, **kwargs)), kwargs.get("body"))

    # Connexion asks for the arguments with every request: this way it finds them written down.
    del answer.__wrapped__
    answer.__signature__ = inspect.signature(handler)  # type: ignore[attr-defined]
    return answer


def _as_json(returned: Any) -> Response:
    if isinstance(returned, Response):
        return returned
    body, status, headers = (*returned, {})[:3] if isinstance(returned, tuple) else (returned, 200, {})
    return current_app.response_class(
        current_app.json.dumps(body), status=status, headers=headers, mimetype="application/json"
    )


class BearerCheck(BearerSecurityHandler):
    """Checks tokens with a function of ours instead of one that the specification names."""

    def __init__(self, read_token: Callable[[str], dict[str, Any]]) -> None:
        self._read_token = read_token

    def get_fn(self, security_scheme: Any, required_scopes: Any) -> Callable[[Any], Any]:  # noqa: ARG002
        return self._check

    def _check(self, request: Any) -> Any:
        scheme, token = self.get_auth_header_value(request)
        return self._read_token(token) if scheme == "bearer" else NO_VALUE


class CookieCheck(AbstractSecurityHandler):
    """Checks the access cookie of a browser, and where something may change, that our own page has sent it.

    Whoever shows a bearer token is judged by that alone.  A proxy in front may want a password of its own.
    """

    def __init__(self, read_token: Callable[[str], dict[str, Any]]) -> None:
        self._read_token = read_token

    def get_fn(self, security_scheme: Any, required_scopes: Any) -> Callable[[Any], Any]:  # noqa: ARG002
        return functools.partial(self._check, security_scheme["name"])

    def _check(self, cookie: str, request: Any) -> Any:
        scheme, _ = self.get_auth_header_value(request)
        token = request.cookies.get(cookie)
        if scheme not in (None, "basic") or not token:
            return NO_VALUE
        found = self._read_token(token)
        if request.method not in SAFE:
            require_own_page(found["csrf"], request.headers.get(CSRF_HEADER))
        return found


class RepeatedParameters(OpenAPIURIParser):
    """A repeated parameter is a list; a comma within one is part of its text, which Connexion would split."""

    def _resolve_param_duplicates(self, values: list[str], param_defn: dict[str, Any], _in: str) -> Any:
        if param_defn.get("explode", True):
            return values
        return super()._resolve_param_duplicates(values, param_defn, _in)

    def _split(self, value: Any, param_defn: dict[str, Any], _in: str) -> Any:
        return value if isinstance(value, list) else super()._split(value, param_defn, _in)


class Parameters(ParameterValidator):
    """Parameters are checked like bodies; Connexion would compile their schemas with every request."""

    @staticmethod
    def validate_parameter(
        parameter_type: str,  # noqa: ARG004
        value: Any,
        param: dict[str, Any],
        param_name: str | None = None,  # noqa: ARG004
    ) -> None:
        name = param["name"]
        if value is None:
            if param.get("required"):
                raise Invalid(f"The parameter '{name}' is required", field=name)
            return
        if found := faults(value, param["schema"]):
            raise Invalid(f"{found[0][1]} - '{name}'", field=name)


def require_operation() -> None:
    """What Flask would route and Connexion did not, a path with a line break, was not asked for a token."""
    if request.blueprint is not None and not operation:
        raise NotFound("The requested URL was not found on the server")


def serve_specification(app: Flask) -> None:
    """The specification as it is written; Connexion would repeat every schema wherever it is used."""
    document = openapi.document()
    text = safe_dump(document, sort_keys=False, allow_unicode=True)
    app.add_url_rule("/api/openapi.json", "openapi_json", _answers_json(lambda: document))
    app.add_url_rule("/api/openapi.yaml", "openapi_yaml", lambda: Response(text, mimetype="application/yaml"))
