"""Widgets over HTTP."""

from typing import Any

from flask import Response, request

from ibutsu_server.access import Scope, as_uuid_or_none
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import WidgetConfig
from ibutsu_server.domain import widget_configs
from ibutsu_server.errors import NotFound
from ibutsu_server.widgets import WIDGETS
from ibutsu_server.widgets.widget import Widget


def get_widget_types(type_: str | None = None) -> JSON:
    scope()
    types = [widget.describe() for widget in WIDGETS.values() if type_ in (None, widget.type)]
    pagination = {"page": 1, "pageSize": len(types), "totalItems": len(types), "totalPages": 1}
    return {"types": types, "pagination": pagination}


def get_widget(id_: str, params: Any = None) -> Any:  # noqa: ARG001 - free-form, read as it came
    """What the widget answers, whatever its shape; 204 where it has nothing to show."""
    caller = scope()
    widget = _asked(caller, id_, request.args.to_dict(flat=False))
    body, warnings = widget.data(caller)
    if body is None:
        return _nothing()
    return {**body, "warnings": list(warnings)} if warnings and isinstance(body, dict) else body


def _asked(caller: Scope, id_: str, query: dict[str, list[str]]) -> Widget:
    """A type with the parameters of the query, or a config, whose own parameters the query may replace."""
    if id_ in WIDGETS:
        return WIDGETS[id_].from_query(query)
    if as_uuid_or_none(id_) is None:
        raise NotFound("Widget not found")
    return widget_configs.configured(caller.get(WidgetConfig, id_), query)


def _nothing() -> Response:
    """Without a body there is no type of it."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
