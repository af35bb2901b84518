"""Users as administrators see them: making, changing and deleting accounts of other people."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select

from ibutsu_server.access import as_uuid
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, Group, Membership, Project, User
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.domain import account_codes, saved_filters, tokens
from ibutsu_server.domain.deletion import claim
from ibutsu_server.domain.members import join
from ibutsu_server.errors import Conflict, Invalid
from ibutsu_server.passwords import check_password, hash_password
from ibutsu_server.schemas import require_email


class Joined(NamedTuple):
    """A project of somebody, and what they are in it."""

    project: Project
    role: str


def projects_of(people: Sequence[User]) -> dict[uuid.UUID, list[Joined]]:
    """Of each user their projects by name, in two statements however many users; owners count as members."""
    ids = [user.id for user in people]
    owned: Any = select(Project, Project.owner_id, literal("owner")).where(Project.owner_id.in_(ids))
    joined = (
        select(Project, Membership.user_id, Membership.role)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.user_id.in_(ids))
    )
    found: dict[uuid.UUID, dict[uuid.UUID, Joined]] = {id_: {} for id_ in ids}
    for statement in (owned, joined):
        for project, user_id, role in db.session.execute(statement):
            found[user_id].setdefault(project.id, Joined(project, role))
    return {
        id_: sorted(projects.values(), key=lambda joined: (joined.project.name.lower(), joined.project.id))
        for id_, projects in found.items()
    }


def add(body: JSONObject, *, rounds: int) -> User:
    """Make an account, inactive and without a password unless the administrator says otherwise."""
    id_ = uuid.UUID(body["id"]) if body.get("id") else new_id()
    if db.session.get(User, id_):
        raise Conflict(f"User id {id_} already exist", field="id")
    user = User(id=id_, email=_free_email(body["email"]), is_superadmin=False, is_active=False)
    db.session.add(user)
    _apply(user, body)
    if body.get("password") is not None:
        _set_password(user, body["password"], rounds=rounds)
    db.session.flush()
    _place(user, body.get("projects"))
    return user


def change(user: User, body: JSONObject, *, rounds: int) -> None:
    """Apply a partial update; `projects`, where given, are all that the user is a member of from now on."""
    _keep_a_superadmin(user, body)
    was_active = user.is_active
    if body.get("email") is not None and body["email"] != user.email:
        user.email = _free_email(body["email"], but=user.id)
        _void_codes(user)
    _apply(user, body)
    if body.get("password") is not None:
        _set_password(user, body["password"], rounds=rounds)
    if was_active and not user.is_active:
        _shut_out(user)
    db.session.flush()
    _place(user, body.get("projects"))


def remove(user: User, *, heir: User) -> None:
    """Delete an account; what it owns goes to the heir, who is deleting it."""
    if user.id == heir.id:
        raise Invalid("Cannot delete yourself")
    if user.is_superadmin and not _other_superadmins(user):
        raise Invalid("Cannot delete the last superadmin user")
    claim(user)  # they may be saving something just now
    for project in db.session.scalars(select(Project).where(Project.owner_id == user.id)):
        project.owner_id = heir.id
        join(project.id, heir.id)
    for dashboard in db.session.scalars(select(Dashboard).where(Dashboard.user_id == user.id)):
        dashboard.user_id = heir.id
    saved_filters.forget(user.id)
    db.session.flush()
    db.session.delete(user)
    db.session.flush()


def _apply(user: User, body: JSONObject) -> None:
    if "name" in body:
        user.name = body["name"]
    if "group_id" in body:
        user.group_id = _existing_group(body["group_id"])
    for field in ("is_active", "is_superadmin"):
        if body.get(field) is not None:
            setattr(user, field, body[field])
    if user.is_active:
        user.is_pending = False


def _free_email(email: str, *, but: uuid.UUID | None = None) -> str:
    require_email(email)
    taken = select(User.id).where(func.lower(User.email) == func.lower(email), User.id != (but or new_id()))
    if db.session.scalar(taken) is not None:
        raise Conflict(f"The user with email {email} already exists", field="email")
    return email


def _existing_group(text: str | None) -> uuid.UUID | None:
    if not text:
        return None
    key = as_uuid(text, field="group_id")
    if db.session.get(Group, key) is None:
        raise Invalid(f"Group id {text} doesn't exist", field="group_id")
    return key


def _set_password(user: User, password: str, *, rounds: int) -> None:
    check_password(password, email=user.email, name=user.name)
    user.password_hash = hash_password(password, rounds=rounds)
    _shut_out(user)


def _shut_out(user: User) -> None:
    """End all access of this user, and what has been mailed to get some."""
    tokens.revoke_all(user)
    _void_codes(user)


def _void_codes(user: User) -> None:
    for purpose in account_codes.LIFETIMES:
        account_codes.void(user, purpose)


def _keep_a_superadmin(user: User, body: JSONObject) -> None:
    if not (user.is_superadmin and user.is_active):
        return
    for field, verb in (("is_active", "deactivate"), ("is_superadmin", "demote")):
        if body.get(field) is False and not _other_superadmins(user):
            raise Invalid(f"Cannot {verb} the last superadmin user", field=field)


def _other_superadmins(user: User) -> list[uuid.UUID]:
    """Those who could still do everything.  The lock keeps two of them from removing each other."""
    statement = select(User.id, User.is_active).where(User.is_superadmin).order_by(User.id).with_for_update()
    return [id_ for id_, is_active in db.session.execute(statement) if is_active and id_ != user.id]


def _place(user: User, projects: Iterable[Any] | None) -> None:
    """Make the user a member of exactly these projects; those that they own stay theirs."""
    if projects is None:
        return
    wanted = {as_uuid(project["id"], field="projects"): project.get("role") for project in projects}
    found = set(db.session.scalars(select(Project.id).where(Project.id.in_(list(wanted)))))
    for id_ in wanted.keys() - found:
        raise Invalid(f"Project id {id_} doesn't exist", field="projects")
    owned = set(db.session.scalars(select(Project.id).where(Project.owner_id == user.id)))
    memberships = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    present = {membership.project_id: membership for membership in memberships}
    for id_ in present.keys() - wanted.keys() - owned:
        db.session.delete(present[id_])
    for id_, role in wanted.items():
        if id_ not in present:
            join(id_, user.id, role=role or "maintainer")
        elif role is not None and id_ not in owned:
            present[id_].role = role
    db.session.flush()
