"""Widgets over HTTP."""

from typing import Any

from flask import request

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.widgets import WIDGETS


def get_widget_types(type_: str | None = None) -> JSON:
    scope()
    types = [widget.describe() for widget in WIDGETS.values() if type_ in (None, widget.type)]
    pagination = {"page": 1, "pageSize": len(types), "totalItems": len(types), "totalPages": 1}
    return {"types": types, "pagination": pagination}


def get_widget(id_: str, params: Any = None) -> JSON:  # noqa: ARG001 - free-form, read as it came
    caller = scope()
    return WIDGETS[id_].from_query(request.args.to_dict(flat=False)).data(caller)
