"""Widget configs: which widget with which parameters is on a dashboard, or a view of a project."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from ibutsu_server import filters
from ibutsu_server.access import Scope, as_uuid
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, WidgetConfig
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit
from ibutsu_server.errors import Conflict, Invalid, InvalidFields, NotFound
from ibutsu_server.widgets import WIDGETS, declared
from ibutsu_server.widgets.widget import Widget

WEIGHT = 10
"""Of a widget that nobody gave one: lighter ones stand before it."""

WIDTH = 6
"""Half of the twelve columns of a dashboard."""

_WINDOWS = {"days": 1, "weeks": 7}
"""Parameters that say how far to look back, and how many days one of each has."""


class Configured(NamedTuple):
    """A widget with its parameters; `warnings` tell which of them are not what was asked for."""

    widget: Widget
    warnings: list[str]


def matching(statement: Select[Any], clauses: Sequence[filters.Clause]) -> Select[Any]:
    """Those that fulfil the clauses; what belongs to no project belongs to every one that is asked for."""
    of_project = [clause for clause in clauses if clause.field == "project_id"]
    for clause in of_project:
        asked: Any = filters.apply(select(WidgetConfig), WidgetConfig, [clause]).whereclause
        statement = statement.where(or_(asked, WidgetConfig.project_id.is_(None)))
    return filters.apply(statement, WidgetConfig, [one for one in clauses if one not in of_project])


def add(caller: Scope, body: JSONObject) -> WidgetConfig:
    values = {
        "id": uuid.UUID(body["id"]) if body.get("id") else new_id(),
        **described(body),
        **_place(caller, body),
    }
    if not insert_new(WidgetConfig, values):
        raise Conflict(f"Widget config id {values['id']} already exist", field="id")
    audit.note("create", WidgetConfig(**values))
    return WidgetConfig(**values)


def described(body: JSONObject) -> JSONObject:
    """The columns that say what a new one is, wherever it will be."""
    widget = _known(body["widget"])
    type_ = body.get("type") or WIDGETS[widget].type
    return {
        "type": type_,
        "widget": widget,
        "title": body.get("title"),
        "weight": body.get("weight") or WEIGHT,
        "width": body.get("width") or WIDTH,
        "params": declared(widget, body.get("params")),
        "navigable": _navigable(body.get("navigable"), type_),
    }


def change(caller: Scope, config: WidgetConfig, body: JSONObject) -> None:
    """Apply a partial update; `params` are replaced as a whole."""
    for field, value in _place(caller, body, config).items():
        setattr(config, field, value)
    if body.get("widget") not in (None, config.widget):
        config.widget = _known(body["widget"])
        config.params = declared(config.widget, config.params)
    if body.get("params") is not None:
        config.params = declared(config.widget, body["params"])
    if "title" in body:
        config.title = body["title"]
    config.type = body.get("type") or config.type
    if body.get("type") or body.get("navigable") is not None:
        config.navigable = _navigable(body.get("navigable"), body.get("type"), config.navigable)
    config.weight = _weight(body.get("weight"), config.weight)
    config.width = body.get("width") or config.width
    db.session.flush()


def configured(config: WidgetConfig, query: Mapping[str, list[str]]) -> Configured:
    """The widget as it was stored, about the project that it is in; what a query says wins.

    It looks back as far as its dashboard, where neither says how far.
    """
    if config.widget not in WIDGETS:
        raise NotFound(f"There is no widget {config.widget} (any more)")
    widget = WIDGETS[config.widget]
    place = {"project": str(config.project_id)} if config.project_id else {}
    stored = {**widget.declared(place), **declared(config.widget, config.params)}
    given = {**_query(widget, stored), **query}
    window, warnings = _window(config, widget, given)
    return Configured(widget.from_query({**window, **given}), warnings)


def _query(widget: type[Widget], params: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Stored parameters as they would come in a URL, where what is null would not be said."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in params.items()}
    takes_many = {name for name, told in widget.parameters().items() if told["type"] == "list"}
    return {
        name: values
        for name, values in lists.items()
        if params[name] is not None and (values or name in takes_many)
    }


def _window(
    config: WidgetConfig, widget: type[Widget], given: Mapping[str, Any]
) -> tuple[dict[str, list[str]], list[str]]:
    """How far the dashboard looks back, in the parameter that the widget has for it, and what was cut off."""
    name = next((one for one in _WINDOWS if one in widget.model_fields and one not in given), None)
    if name is None or config.dashboard_id is None:
        return {}, []
    days = db.session.scalar(select(Dashboard.days).filter_by(id=config.dashboard_id))
    if days is None:
        return {}, []
    wanted, most = -(-days // _WINDOWS[name]), _most(widget, name)
    if wanted <= most:
        return {name: [str(wanted)]}, []
    return {name: [str(most)]}, [f"This widget looks back {most} {name} at most, its dashboard {days} days"]


def _most(widget: type[Widget], name: str) -> int:
    return int(widget.model_json_schema(by_alias=False)["properties"][name]["maximum"])


def faults(widget: str, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a widget that is about to be stored; what is still missing may be said later."""
    if widget not in WIDGETS:
        return [("widget", "There is no such widget")]
    given = _query(WIDGETS[widget], params)
    try:
        WIDGETS[widget].from_query(given)
    except InvalidFields as error:
        said = {*given, *WIDGETS[widget].declared(given)}
        return [(f"params.{name}", message) for name, message in error.found if name in said]
    return []


def delete(config: WidgetConfig) -> None:
    db.session.delete(config)
    db.session.flush()


def _known(widget: str) -> str:
    if widget not in WIDGETS:
        raise Invalid("Bad request, widget type does not exist", field="widget")
    return widget


def _weight(given: int | None, stored: int) -> int:
    """A zero that was asked for lasts until the next update that says nothing about it."""
    return given if given is not None else stored or WEIGHT


def _navigable(given: bool | str | None, type_: str | None, stored: bool | None = None) -> bool | None:
    """Views are in the menu unless told otherwise; of text the first letter counts, in lower case only."""
    match given:
        case bool():
            return given
        case str():
            return given[:1] in ("y", "t", "1")
    return True if type_ == "view" else stored


def _place(caller: Scope, body: JSONObject, stored: WidgetConfig | None = None) -> JSONObject:
    """Where a body puts it: in a project, on a dashboard, or both.

    What is nowhere is everybody's, and made by superadmins only.
    """
    name = body.get("project") or body.get("project_id")
    project_id = caller.project_id(name) if name else None
    dashboard_id = body.get("dashboard_id") or (stored.dashboard_id if stored and name else None)
    if dashboard_id is not None:
        dashboard = _dashboard(caller, dashboard_id)
        project_id = _same_project(project_id, dashboard)
    elif stored is None and project_id is None:
        caller.require_superadmin()
    place = {"project_id": project_id, "dashboard_id": dashboard_id and as_uuid(dashboard_id)}
    return {field: id_ for field, id_ in place.items() if id_ is not None}


def _dashboard(caller: Scope, id_: str | uuid.UUID) -> Dashboard:
    """Locked, so that it does not move to another project meanwhile."""
    try:
        return caller.get(Dashboard, id_, lock=True)
    except NotFound:
        raise Invalid(f"Dashboard id {id_} doesn't exist", field="dashboard_id") from None


def _same_project(project_id: uuid.UUID | None, dashboard: Dashboard) -> uuid.UUID | None:
    if dashboard.project_id is not None and project_id not in (None, dashboard.project_id):
        raise Invalid("The dashboard belongs to another project", field="dashboard_id")
    return dashboard.project_id or project_id
