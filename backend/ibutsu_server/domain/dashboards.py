"""Dashboards: pages of widgets, of a project or of one person alone."""

import uuid

from sqlalchemy import select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, Project, User, WidgetConfig
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit
from ibutsu_server.errors import Conflict, Invalid

_TEXTS = ("title", "description", "filters")
_NUMBERS = ("days", "refresh_seconds")


def add(caller: Scope, body: JSONObject) -> Dashboard:
    """Make a dashboard of a project, or else one of the caller's own."""
    project_id = _project_id(caller, body)
    if project_id is None:
        caller.require_unlimited()
    values = {
        "id": uuid.UUID(body["id"]) if body.get("id") else new_id(),
        "title": body.get("title"),
        "description": body.get("description") or "",
        "filters": body.get("filters") or "",
        "project_id": project_id,
        "user_id": _user_id(caller, body) or (caller.user.id if project_id is None else None),
        **{field: body.get(field) for field in _NUMBERS},
    }
    if not insert_new(Dashboard, values):
        raise Conflict(f"Dashboard id {values['id']} already exist", field="id")
    audit.note("create", Dashboard(**values))
    return Dashboard(**values)


def change(caller: Scope, dashboard: Dashboard, body: JSONObject) -> None:
    """Apply a partial update; a project that is named is where the dashboard moves, with its widgets."""
    before = dashboard.project_id, dashboard.user_id
    dashboard.project_id = _project_id(caller, body) or dashboard.project_id
    if body.get("user_id") and uuid.UUID(body["user_id"]) != dashboard.user_id:
        dashboard.user_id = _user_id(caller, body)
    for field in _TEXTS:
        if field in body:
            setattr(dashboard, field, body[field] if field == "title" else body[field] or "")
    for field in _NUMBERS:
        if field in body:
            setattr(dashboard, field, body[field])
    db.session.flush()
    if before != (dashboard.project_id, dashboard.user_id):
        _follow(dashboard)


def delete(dashboard: Dashboard) -> None:
    """The tables see to it that its widgets go along, and that it is nobody's default any more."""
    db.session.delete(dashboard)
    db.session.flush()


def _project_id(caller: Scope, body: JSONObject) -> uuid.UUID | None:
    return caller.project_id(body["project_id"]) if body.get("project_id") else None


def _user_id(caller: Scope, body: JSONObject) -> uuid.UUID | None:
    """Whom a body names; nobody but superadmins may name somebody else."""
    if not body.get("user_id"):
        return None
    id_ = uuid.UUID(body["user_id"])
    if db.session.get(User, id_) is None:
        raise Invalid(f"User with ID {id_} doesn't exist", field="user_id")
    if id_ != caller.user.id:
        caller.require_superadmin()
    return id_


def _follow(dashboard: Dashboard) -> None:
    """After a move its widgets are where it is, and other projects do not show it as their default."""
    if dashboard.project_id is not None:
        for widget in db.session.scalars(select(WidgetConfig).filter_by(dashboard_id=dashboard.id)):
            widget.project_id = dashboard.project_id
    for project in db.session.scalars(select(Project).filter_by(default_dashboard_id=dashboard.id)):
        if project.id != dashboard.project_id:
            project.default_dashboard_id = None
    db.session.flush()
