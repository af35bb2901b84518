"""Widgets over HTTP."""

from collections.abc import Hashable, Sequence
from typing import Any

from flask import Response, request

from ibutsu_server.access import Scope, as_uuid_or_none
from ibutsu_server.controllers import conditional
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.controllers.single_flight import SingleFlight
from ibutsu_server.db.models import WidgetConfig
from ibutsu_server.domain import widget_configs
from ibutsu_server.domain.widget_configs import Configured
from ibutsu_server.errors import NotFound
from ibutsu_server.widgets import WIDGETS
from ibutsu_server.widgets.widget import Answer, Widget

WARNINGS_CHARACTERS = 1000
"""A header of more would be too much for some proxies."""

_flights: SingleFlight[Answer] = SingleFlight()


def get_widget_types(type_: str | None = None) -> JSON:
    scope()
    types = [widget.describe() for widget in WIDGETS.values() if type_ in (None, widget.type)]
    pagination = {"page": 1, "pageSize": len(types), "totalItems": len(types), "totalPages": 1}
    return {"types": types, "pagination": pagination}


def get_widget(id_: str, params: Any = None) -> Response:  # noqa: ARG001 - free-form, read as it came
    """What the widget answers, whatever its shape; 204 where it has nothing to show."""
    caller = scope()
    widget, cut = _asked(caller, id_, request.args.to_dict(flat=False))
    body, left_out = _flights.answer(_question(caller, widget), lambda: widget.data(caller))
    warnings = [*cut, *left_out]
    if warnings and isinstance(body, dict):
        return conditional.answer({**body, "warnings": warnings})
    headers = {"Ibutsu-Warnings": _line(warnings)} if warnings else {}
    return _nothing(headers) if body is None else conditional.answer(body, headers)


def _asked(caller: Scope, id_: str, query: dict[str, list[str]]) -> Configured:
    """A type with the parameters of the query, or a config, whose own parameters the query may replace."""
    if id_ in WIDGETS:
        return Configured(WIDGETS[id_].from_query(query), [])
    if as_uuid_or_none(id_) is None:
        raise NotFound("Widget not found")
    return widget_configs.configured(caller.get(WidgetConfig, id_), query)


def _question(caller: Scope, widget: Widget) -> Hashable:
    """All that an answer depends on but for what is stored; whether a default was asked for may matter."""
    who = (caller.user.id, caller.user.is_superadmin, caller.limits.project_id, caller.limits.role)
    return who, repr(widget), frozenset(widget.model_fields_set)


def _line(warnings: Sequence[str]) -> str:
    """A list has no room for warnings: they go into one line that every header can hold."""
    text = " ".join("; ".join(warnings).split())
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else "?" for sign in plain)[:WARNINGS_CHARACTERS]


def _nothing(headers: dict[str, str]) -> Response:
    """Without a body there is no type of it."""
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response
