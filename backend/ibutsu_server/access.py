"""Who may see and change what: a `Scope` is everything that one caller is allowed."""

import uuid
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeVar, get_args

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)

from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    AuditEntry,
    Dashboard,
    Group,
    Import,
    Membership,
    Project,
    Result,
    Run,
    SavedFilter,
    Task,
    Token,
    User,
    UserSession,
    WidgetConfig,
)
from ibutsu_server.errors import Forbidden, Invalid, NotFound
from ibutsu_server.observing import context

Entity = TypeVar("Entity")
Role = Literal["viewer", "reporter", "maintainer", "owner"]

ROLES: tuple[Role, ...] = get_args(Role)
"""From least to most: who looks, who also posts, who also edits and deletes, who also decides who may."""

_TITLES: dict[type[Any], str] = {
    WidgetConfig: "Widget config",
    UserSession: "Session",
    AuditEntry: "Audit entry",
    SavedFilter: "Saved filter",
}


def at_least(role: Role) -> tuple[Role, ...]:
    return ROLES[ROLES.index(role) :]


def as_uuid(text: str | uuid.UUID, *, field: str = "id") -> uuid.UUID:
    """Read an id in any notation with or without dashes and braces."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise Invalid(f"ID: {text} is not a valid UUID", field=field) from None


def as_uuid_or_none(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


_ROLE = (
    select(Membership.role)
    .where(Membership.project_id == Project.id, Membership.user_id == bindparam("user"))
    .scalar_subquery()
)
_AS_SEEN = (Project.id, (Project.owner_id == bindparam("user")).label("is_owner"), _ROLE.label("role"))
_PROJECT_BY_ID = select(*_AS_SEEN).where(Project.id == bindparam("key"))
_PROJECT_BY_NAME = select(*_AS_SEEN).where(
    func.lower(Project.name) == func.lower(bindparam("key", type_=Text))
)


class Caller(Protocol):
    """Who is calling, as far as it decides what they may do."""

    @property
    def id(self) -> uuid.UUID: ...

    @property
    def is_superadmin(self) -> bool: ...


@dataclass(frozen=True)
class Limits:
    """What a token may at most, whoever holds it; `token_id` is the token that says so."""

    project_id: uuid.UUID | None = None
    role: Role = "owner"
    token_id: uuid.UUID | None = None

    @property
    def are_none(self) -> bool:
        return self.project_id is None and self.role == "owner"


UNLIMITED = Limits()


@dataclass(frozen=True)
class Scope:
    """The only road from a request to rows: what is not selected through it cannot be reached.

    It reaches into the projects where the caller is at least `role`; superadmins are owners everywhere.
    """

    user: Caller
    role: Role = "viewer"
    limits: Limits = UNLIMITED

    @property
    def is_superadmin(self) -> bool:
        """A limited token makes nobody superadmin."""
        return self.user.is_superadmin and self.limits.are_none

    def select(self, entity: type[Entity]) -> Select[Any]:
        """A statement over the rows of this kind that the caller may reach."""
        return select(entity).where(self._sees(entity))

    def get(self, entity: type[Entity], id_: str | uuid.UUID, *, lock: bool = False) -> Entity:
        """One row by id; raises Invalid, NotFound or Forbidden."""
        key = as_uuid(id_)
        model: Any = entity
        statement = select(model, self._sees(entity).label("visible")).where(model.id == key)
        if lock:
            # FOR UPDATE would wait for every result that is being posted into a run, and they for it.
            statement = statement.with_for_update(of=model, key_share=True)
        row = db.session.execute(statement).one_or_none()
        if row is None:
            raise NotFound(f"{_TITLES.get(entity, entity.__name__)} not found")
        if not row.visible:
            raise self._forbidden()
        found: Entity = row[0]
        context.note(project_id=getattr(found, "id" if entity is Project else "project_id", None))
        return found

    def account(self) -> User:
        """The caller's own account, which limited tokens have nothing to do with."""
        self.require_unlimited()
        return db.session.get_one(User, self.user.id)

    def project_id(self, name_or_id: str) -> uuid.UUID:
        """The project that a client names; raises Invalid for none, Forbidden for another's."""
        key = as_uuid_or_none(name_or_id)
        statement = _PROJECT_BY_NAME if key is None else _PROJECT_BY_ID
        found = db.session.connection().execute(statement, {"key": key or name_or_id, "user": self.user.id})
        row = found.one_or_none()
        if row is None:
            raise Invalid("Invalid project", field="project")
        is_owner = row.is_owner or self.user.is_superadmin
        if not (self._has_token_for(row.id) and (is_owner or row.role in at_least(self.role))):
            raise self._forbidden()
        id_: uuid.UUID = row.id
        context.note(project_id=id_)
        return id_

    def require_project(self, *, named: bool) -> None:
        """Lists over everything must say which project they are about, unless the caller's own are few."""
        if named or self.limits.project_id is not None:
            return
        if self.user.is_superadmin:
            raise Invalid("Bad request, project_id filter is required for unscoped queries", field="filter")
        if not db.session.scalar(select(exists(self._projects()))):
            raise Invalid("Bad request, project_id filter is required", field="filter")

    def require_change(self, run: Run) -> None:
        """Who posted a run may go on reporting into it; others must be maintainers of its project."""
        if run.reporter_id != self.user.id:
            self.require_role("maintainer", run.project_id)

    def require_role(self, role: Role, *projects: uuid.UUID) -> None:
        """Raises Forbidden unless the caller is at least `role` in each of the projects."""
        for project in projects:
            replace(self, role=role).project_id(str(project))

    def require_superadmin(self) -> None:
        if not self.is_superadmin:
            raise Forbidden

    def require_keeping(self) -> None:
        """Whoever is in a project may have things of their own in it; tokens for looking change nothing."""
        if self.limits.role == "viewer":
            raise Forbidden("Forbidden: this token is for looking only")

    def require_unlimited(self) -> None:
        if not self.limits.are_none:
            raise Forbidden("Forbidden: this token is limited to a project or a role")

    def _forbidden(self) -> Forbidden:
        if self.role == "viewer":
            return Forbidden()
        return Forbidden(f"Forbidden: this needs the role {self.role} in the project")

    def _has_token_for(self, project_id: uuid.UUID) -> bool:
        is_place = self.limits.project_id in (None, project_id)
        return is_place and self.limits.role in at_least(self.role)

    def _projects(self) -> ScalarSelect[uuid.UUID]:
        """Ids of the projects where the caller has the role; owners count as members."""
        member = select(Membership.project_id).where(Membership.user_id == self.user.id)
        if self.role != "viewer":
            member = member.where(Membership.role.in_(at_least(self.role)))
        owned = select(Project.id).where(Project.owner_id == self.user.id)
        return union_all(member, owned).scalar_subquery()

    def _reaches(self, project_id: Any) -> ColumnElement[bool]:
        """Whether a row of this project may be reached."""
        if self.limits.role not in at_least(self.role):
            return false()
        place = true() if self.limits.project_id is None else project_id == self.limits.project_id
        return place if self.user.is_superadmin else and_(project_id.in_(self._projects()), place)

    def _sees(self, entity: Any) -> ColumnElement[bool]:  # noqa: PLR0911 - one line for each kind
        if entity in (Token, UserSession):
            return and_(entity.user_id == self.user.id, true() if self.limits.are_none else false())
        if entity is Task:
            own: ColumnElement[bool] = Task.user_id == self.user.id
            return own if self.limits.are_none else and_(own, Task.token_id == self.limits.token_id)
        if entity is SavedFilter:
            return self._sees_saved_filter()
        if self.is_superadmin or entity is Group:
            return true()
        if entity is Project:
            return self._reaches(Project.id)
        if entity in (Run, Result, Artifact, AuditEntry):
            return self._reaches(entity.project_id)
        if entity is Import:
            return or_(self._reaches(Import.project_id), self._has_without_project(Import))
        if entity is Dashboard:
            return or_(self._reaches(Dashboard.project_id), self._has_without_project(Dashboard))
        if entity is WidgetConfig:
            return self._sees_widget_config()
        return User.id == self.user.id if entity is User else false()

    def _sees_saved_filter(self) -> ColumnElement[bool]:
        """Whoever is in the project has some of their own, not even superadmins see those."""
        may_keep = self.role == "viewer" or self.limits.role != "viewer"
        mine = and_(SavedFilter.user_id == self.user.id, true() if may_keep else false())
        there = replace(self, role="viewer")._reaches(SavedFilter.project_id)  # noqa: SLF001 - of another scope
        return or_(and_(mine, there), and_(SavedFilter.is_shared, self._reaches(SavedFilter.project_id)))

    def _has_without_project(self, entity: Any) -> ColumnElement[bool]:
        """What belongs to no project belongs to its user; without one, everybody may look at it."""
        if not self.limits.are_none:
            return false()
        mine = entity.user_id == self.user.id
        return and_(entity.project_id.is_(None), self._or_public(mine, entity.user_id.is_(None)))

    def _sees_widget_config(self) -> ColumnElement[bool]:
        """Without a project it goes with its dashboard; without that as well, everybody may look at it."""
        dashboards = select(Dashboard.id).where(self._sees(Dashboard)).scalar_subquery()
        loose = self._or_public(
            WidgetConfig.dashboard_id.in_(dashboards), WidgetConfig.dashboard_id.is_(None)
        )
        return or_(self._reaches(WidgetConfig.project_id), and_(WidgetConfig.project_id.is_(None), loose))

    def _or_public(self, mine: ColumnElement[bool], public: ColumnElement[bool]) -> ColumnElement[bool]:
        return or_(mine, public) if self.role == "viewer" else mine
