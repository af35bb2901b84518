"""Projects: making, changing, deleting and filling them with people."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    Dashboard,
    Group,
    Import,
    Project,
    Result,
    Run,
    SavedFilter,
    TalliedField,
    Test,
    User,
    WidgetConfig,
)
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit, usage
from ibutsu_server.domain.deletion import claim, delete_all
from ibutsu_server.domain.members import appoint, join
from ibutsu_server.errors import Conflict, Invalid

PARTS: tuple[Any, ...] = (Artifact, Result, Run, Import, WidgetConfig, Dashboard, SavedFilter, Test)
"""What a project can have many of, each before what it refers to."""


def add(owner: User, body: JSONObject) -> Project:
    """Make a project whose owner and first member is the caller."""
    id_ = uuid.UUID(body["id"]) if body.get("id") else new_id()
    values = {
        "id": id_,
        "name": _free_name(body.get("name")),
        "title": body.get("title"),
        "owner_id": owner.id,
        "group_id": _existing(Group, body.get("group_id"), "group_id"),
    }
    if not insert_new(Project, values):
        raise Conflict(f"Project id {id_} already exist", field="id")
    audit.note("create", Project(**values))
    join(id_, owner.id)
    return db.session.get_one(Project, id_)


def with_people(statement: Select[tuple[Project]]) -> Select[tuple[Project]]:
    """Load what the answers show of each project, in as many statements for one as for a page of them."""
    return statement.options(selectinload(Project.users), selectinload(Project.default_dashboard))


def with_owner(statement: Select[tuple[Project]]) -> Select[tuple[Project]]:
    return with_people(statement).options(selectinload(Project.owner))


def change(project: Project, body: JSONObject) -> None:
    """Apply a partial update; `users` adds members by e-mail address and never removes any.

    There is no way to have no owner: null leaves the one there is.
    """
    if body.get("name") is not None and body["name"] != project.name:
        project.name = _free_name(body["name"], but=project.id)
    if "title" in body:
        project.title = body["title"]
    if "group_id" in body:
        project.group_id = _existing(Group, body["group_id"], "group_id")
    if "default_dashboard_id" in body:
        project.default_dashboard_id = _own_dashboard(project, body["default_dashboard_id"])
    if body.get("owner_id") is not None:
        project.owner_id = _existing(User, body["owner_id"], "owner_id") or project.owner_id
        join(project.id, uuid.UUID(body["owner_id"]))
    _invite(project, body.get("users") or [])
    db.session.flush()
    db.session.refresh(project)


def remove(project: Project) -> None:
    """Delete a project with everything in it; the bytes of its artifacts follow with the next clean-up."""
    claim(project)
    for part in PARTS:
        delete_all(part, part.project_id == project.id)
    db.session.delete(project)
    db.session.flush()
    usage.forget(project.id)


def _invite(project: Project, users: Iterable[Any]) -> None:
    """People who have no role yet, and are given none, become maintainers."""
    given = [user if isinstance(user, dict) else {"email": user} for user in users]
    wanted = {user["email"].lower(): user.get("role") for user in given}
    emails = [func.lower(user["email"]) for user in given]
    for user in db.session.scalars(select(User).where(func.lower(User.email).in_(emails))).all():
        role = wanted.get(user.email.lower())
        if role is None:
            join(project.id, user.id)
        else:
            appoint(project, user, role)


def _free_name(name: str | None, *, but: uuid.UUID | None = None) -> str:
    """Names are unique whatever their case, and never look like an id."""
    if not name or not name.strip():
        raise Invalid("name is required and must not be empty", field="name")
    if as_uuid_or_none(name) is not None:
        raise Invalid("name must not look like a UUID", field="name")
    taken = select(Project.id).where(
        func.lower(Project.name) == func.lower(name), Project.id != (but or new_id())
    )
    if db.session.scalar(taken) is not None:
        raise Conflict(f"A project with the name {name} already exists", field="name")
    return name


def _existing(entity: type[Any], text: str | None, field: str) -> uuid.UUID | None:
    if not text:
        return None
    key = uuid.UUID(text)
    if db.session.get(entity, key) is None:
        raise Invalid(f"{entity.__name__} id {text} doesn't exist", field=field)
    return key


def _own_dashboard(project: Project, text: str | None) -> uuid.UUID | None:
    key = _existing(Dashboard, text, "default_dashboard_id")
    if key is None:
        return None
    dashboard = db.session.get_one(Dashboard, key)
    is_public = dashboard.project_id is None and dashboard.user_id is None
    if dashboard.project_id != project.id and not is_public:
        raise Invalid("The dashboard belongs to another project or person", field="default_dashboard_id")
    return key


def filter_params(project: Project) -> list[str]:
    """Names of the fields that the newest result of the project can be filtered by, and of those counted."""
    newest = db.session.scalar(
        select(Result)
        .where(Result.project_id == project.id)
        .order_by(Result.start_time.desc(), Result.id.desc())
        .limit(1)
    )
    if newest is None:
        return []
    named = [*_paths("data", newest.data), *_paths("params", newest.params or {}), *_PLAIN_FIELDS]
    counted = select(TalliedField.field).filter_by(project_id=project.id, is_wide=False)
    more = [name.replace("metadata.", "data.", 1) for name in db.session.scalars(counted)]
    return list(dict.fromkeys([*named, *sorted(more)]))


_PLAIN_FIELDS = (
    "duration", "project_id", "run_id", "start_time", "id", "env", "component", "result", "source", "test_id",
)  # fmt: skip


def _paths(prefix: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [prefix]
    return [path for key, inner in value.items() for path in _paths(f"{prefix}.{key}", inner)]
