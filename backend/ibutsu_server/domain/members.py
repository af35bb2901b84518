"""Members: who belongs to a project, and as what."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from ibutsu_server.access import Role
from ibutsu_server.db import db
from ibutsu_server.db.models import Membership, Project, User
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit
from ibutsu_server.errors import Invalid, NotFound


def everyone(project: Project) -> Select[Any]:
    """The members, and the owner whether or not they joined."""
    joined = select(Membership.user_id).where(Membership.project_id == project.id)
    return select(User).where(or_(User.id.in_(joined), User.id == project.owner_id))


def roles(project: Project, people: Sequence[User]) -> dict[uuid.UUID, str]:
    """What these people are in the project, by their ids."""
    statement = select(Membership.user_id, Membership.role).where(
        Membership.project_id == project.id, Membership.user_id.in_([user.id for user in people])
    )
    found = {row.user_id: row.role for row in db.session.execute(statement)}
    return found if project.owner_id is None else {**found, project.owner_id: "owner"}


def account(user_id: uuid.UUID) -> User:
    """Somebody who can become a member."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound("User not found")
    return found


def join(project_id: uuid.UUID, user_id: uuid.UUID, *, role: str = "maintainer") -> None:
    """Make somebody a member; who is one already keeps their role."""
    values = {"project_id": project_id, "user_id": user_id, "role": role}
    if insert_new(Membership, values):
        audit.note("create", Membership(**values))


def appoint(project: Project, user: User, role: Role) -> None:
    """Give somebody a role, whether or not they are a member already."""
    if user.id == project.owner_id and role != "owner":
        raise _has_to_stay(user, "role")
    join(project.id, user.id, role=role)
    _membership(project.id, user.id).role = role
    db.session.flush()


def remove(project: Project, user_id: uuid.UUID) -> None:
    """Take somebody out of the project; it always keeps its owner."""
    if user_id == project.owner_id:
        raise _has_to_stay(db.session.get_one(User, user_id), "user_id")
    db.session.delete(_membership(project.id, user_id))
    db.session.flush()


def _membership(project_id: uuid.UUID, user_id: uuid.UUID) -> Membership:
    found = db.session.get(Membership, (user_id, project_id), with_for_update=True)
    if found is None:
        raise NotFound("Member not found")
    return found


def _has_to_stay(user: User, field: str) -> Invalid:
    return Invalid(f"{user.email} owns the project: give it to somebody else first", field=field)
