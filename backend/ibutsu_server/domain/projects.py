"""Projects: making, changing and filling them with people."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, Group, Membership, Project, Result, User
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.db.writes import insert, insert_new
from ibutsu_server.errors import Conflict, Invalid


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
    join(id_, owner.id)
    return db.session.get_one(Project, id_)


def with_people(statement: Select[tuple[Project]]) -> Select[tuple[Project]]:
    """Load what the answers show of each project, in as many statements for one as for a page of them."""
    return statement.options(selectinload(Project.users), selectinload(Project.default_dashboard))


def change(project: Project, body: JSONObject) -> None:
    """Apply a partial update; `users` adds members by e-mail address and never removes any."""
    if body.get("name") is not None and body["name"] != project.name:
        project.name = _free_name(body["name"], but=project.id)
    if "title" in body:
        project.title = body["title"]
    if "group_id" in body:
        project.group_id = _existing(Group, body["group_id"], "group_id")
    if "default_dashboard_id" in body:
        project.default_dashboard_id = _own_dashboard(project, body["default_dashboard_id"])
    if "owner_id" in body:
        project.owner_id = _existing(User, body["owner_id"], "owner_id")
        if project.owner_id:
            join(project.id, project.owner_id)
    _invite(project, body.get("users") or [])
    db.session.flush()
    db.session.refresh(project)


def join(project_id: uuid.UUID, user_id: uuid.UUID, *, role: str = "maintainer") -> None:
    """Make somebody a member; who is one already keeps their role."""
    statement = insert(Membership).on_conflict_do_nothing()
    db.session.execute(statement, {"project_id": project_id, "user_id": user_id, "role": role})


def _invite(project: Project, users: Iterable[Any]) -> None:
    emails = [func.lower(user["email"] if isinstance(user, dict) else user) for user in users]
    for user_id in db.session.scalars(select(User.id).where(func.lower(User.email).in_(emails))).all():
        join(project.id, user_id)


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
    if key is not None and db.session.get_one(Dashboard, key).project_id not in (None, project.id):
        raise Invalid("The dashboard belongs to another project", field="default_dashboard_id")
    return key


def filter_params(project: Project) -> list[str]:
    """Names of the fields that the newest result of the project can be filtered by."""
    newest = db.session.scalar(
        select(Result)
        .where(Result.project_id == project.id)
        .order_by(Result.start_time.desc(), Result.id.desc())
        .limit(1)
    )
    if newest is None:
        return []
    return [*_paths("data", newest.data), *_paths("params", newest.params or {}), *_PLAIN_FIELDS]


_PLAIN_FIELDS = (
    "duration", "project_id", "run_id", "start_time", "id", "env", "component", "result", "source", "test_id",
)  # fmt: skip


def _paths(prefix: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [prefix]
    return [path for key, inner in value.items() for path in _paths(f"{prefix}.{key}", inner)]
