"""Dashboards with all that is on them: copied, written down as a document, and made from one."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from ibutsu_server.access import Scope, as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, Project, WidgetConfig
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.domain import dashboards, widget_configs
from ibutsu_server.errors import Invalid, InvalidFields
from ibutsu_server.widgets import WIDGETS, declared

FORMAT = "ibutsu-dashboard"
VERSION = 1

MOST = 100
"""Widgets of a dashboard that is copied or written down."""

MOST_FAULTS = 20
"""Of a document with more faults, these are told."""

_OF_DASHBOARD = ("title", "description", "filters", "days", "refresh_seconds")
_OF_WIDGET = ("widget", "type", "title", "weight", "width", "navigable")


def copy(viewer: Scope, source: Dashboard, body: JSONObject) -> Dashboard:
    """The same once more, in the project that is named or else where it is; without one the caller's own.

    What it says of its own project, it says of the new one.
    """
    maintainer = replace(viewer, role="maintainer")
    widgets = _widgets(viewer, source)
    target = uuid.UUID(body["project_id"]) if body.get("project_id") else source.project_id
    told = {field: getattr(source, field) for field in _OF_DASHBOARD}
    if body.get("title"):
        told["title"] = body["title"]
    if target and source.project_id:
        told["filters"] = _about(source.filters, source.project_id, target)
    made = dashboards.add(maintainer, {**told, "project_id": target and str(target)})
    if target is None:
        maintainer.require_role("maintainer", *{one.project_id for one in widgets if one.project_id})
    _put(made, _copies(widgets, target))
    return made


def _widgets(viewer: Scope, dashboard: Dashboard) -> Sequence[WidgetConfig]:
    """Those on it that the caller sees, as they stand there."""
    statement = viewer.select(WidgetConfig).where(WidgetConfig.dashboard_id == dashboard.id)
    order = (WidgetConfig.weight, WidgetConfig.id)
    found = db.session.scalars(statement.order_by(*order).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise Invalid(f"The dashboard has more than {MOST} widgets", field="id")
    return found


def _copies(widgets: Sequence[WidgetConfig], target: uuid.UUID | None) -> Iterable[JSONObject]:
    statement = select(Project.id, Project.name).where(Project.id.in_({one.project_id for one in widgets}))
    names = {row.id: row.name for row in db.session.execute(statement)}
    for config in widgets:
        source, params = config.project_id, config.params or {}
        if source and target:
            params = _moved(params, source, names[source], target)
        yield {**_told(config), "params": params, "project_id": target or source}


def _moved(params: JSONObject, source: uuid.UUID, name: str, target: uuid.UUID) -> JSONObject:
    moved = {key: _about(value, source, target) for key, value in params.items()}
    project = params.get("project")
    if isinstance(project, str) and (project.lower() == name.lower() or as_uuid_or_none(project) == source):
        moved["project"] = str(target)
    return moved


def _about(value: Any, source: uuid.UUID, target: uuid.UUID) -> Any:
    """Text, or several, in which the id of one project stands for that of another."""
    if isinstance(value, list):
        return [_about(item, source, target) for item in value]
    return value.replace(str(source), str(target)) if isinstance(value, str) else value


def _told(config: WidgetConfig) -> JSONObject:
    return {field: getattr(config, field) for field in _OF_WIDGET}


def _put(dashboard: Dashboard, widgets: Iterable[JSONObject]) -> None:
    """In this order, also where they are equally heavy: then their ids decide."""
    described = list(widgets)
    ids = sorted(new_id() for _ in described)
    db.session.add_all(
        WidgetConfig(**{"project_id": dashboard.project_id, **one}, id=id_, dashboard_id=dashboard.id)
        for id_, one in zip(ids, described, strict=True)
    )
    db.session.flush()


def document(viewer: Scope, dashboard: Dashboard) -> JSONObject:
    """All that it says but where it is: no ids, no project, and no widgets that do not exist any more."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "dashboard": {field: getattr(dashboard, field) for field in _OF_DASHBOARD},
        "widgets": [_written(one) for one in _widgets(viewer, dashboard) if one.widget in WIDGETS],
    }


def _written(config: WidgetConfig) -> JSONObject:
    params = declared(config.widget, config.params)
    params.pop("project", None)
    return {**_told(config), "params": params}


def make(maintainer: Scope, written: Mapping[str, Any], project_id: str | None) -> Dashboard:
    """What a document describes, in a project or as the caller's own; raises InvalidFields."""
    _require_good(written["widgets"])
    dashboard = dashboards.add(maintainer, {**written["dashboard"], "project_id": project_id})
    _put(dashboard, map(_described, written["widgets"]))
    return dashboard


def _require_good(widgets: Sequence[JSONObject]) -> None:
    found = [
        (f"widgets.{place}.{field}", message)
        for place, one in enumerate(widgets)
        for field, message in widget_configs.faults(one["widget"], one.get("params") or {})
    ][:MOST_FAULTS]
    if found:
        raise InvalidFields("; ".join(f"{message} - '{field}'" for field, message in found), found)


def _described(widget: JSONObject) -> JSONObject:
    """As for a new one, but for a weight of zero, which somebody set."""
    described = widget_configs.described(widget)
    return {**described, "weight": 0} if widget.get("weight") == 0 else described
