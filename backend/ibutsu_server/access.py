"""Who may see and change what: a `Scope` is everything that one caller is allowed."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ScalarSelect,
    Select,
    Text,
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
    Dashboard,
    Group,
    Import,
    Membership,
    Project,
    Result,
    Run,
    Task,
    Token,
    User,
    WidgetConfig,
)
from ibutsu_server.errors import Forbidden, Invalid, NotFound

Entity = TypeVar("Entity")

_TITLES: dict[type[Any], str] = {WidgetConfig: "Widget config"}


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


_IS_THEIRS = or_(
    Project.owner_id == bindparam("user"),
    exists().where(Membership.project_id == Project.id, Membership.user_id == bindparam("user")),
).label("is_theirs")
_PROJECT_BY_ID = select(Project.id, _IS_THEIRS).where(Project.id == bindparam("key"))
_PROJECT_BY_NAME = select(Project.id, _IS_THEIRS).where(
    func.lower(Project.name) == func.lower(bindparam("key", type_=Text))
)


class Caller(Protocol):
    """Who is calling, as far as it decides what they may do."""

    @property
    def id(self) -> uuid.UUID: ...

    @property
    def is_superadmin(self) -> bool: ...


@dataclass(frozen=True)
class Scope:
    """The only road from a request to rows: what is not selected through it cannot be reached."""

    user: Caller

    def select(self, entity: type[Entity]) -> Select[Any]:
        """A statement over the rows of this kind that the caller may see."""
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
            raise Forbidden
        found: Entity = row[0]
        return found

    def account(self) -> User:
        """The caller's own account."""
        return db.session.get_one(User, self.user.id)

    def project_id(self, name_or_id: str) -> uuid.UUID:
        """The project that a client names; raises Invalid for none, Forbidden for another's."""
        key = as_uuid_or_none(name_or_id)
        statement = _PROJECT_BY_NAME if key is None else _PROJECT_BY_ID
        found = db.session.connection().execute(statement, {"key": key or name_or_id, "user": self.user.id})
        row = found.one_or_none()
        if row is None:
            raise Invalid("Invalid project", field="project")
        if not (row.is_theirs or self.user.is_superadmin):
            raise Forbidden
        id_: uuid.UUID = row.id
        return id_

    def require_project(self, *, named: bool) -> None:
        """Lists over everything must say which project they are about, unless the caller's own are few."""
        if named:
            return
        if self.user.is_superadmin:
            raise Invalid("Bad request, project_id filter is required for unscoped queries", field="filter")
        if not db.session.scalar(select(exists(self._projects()))):
            raise Invalid("Bad request, project_id filter is required", field="filter")

    def require_owner(self, project: Project) -> None:
        if not (self.user.is_superadmin or project.owner_id == self.user.id):
            raise Forbidden

    def require_superadmin(self) -> None:
        if not self.user.is_superadmin:
            raise Forbidden

    def _projects(self) -> ScalarSelect[uuid.UUID]:
        """Ids of the caller's projects; owners count as members."""
        member = select(Membership.project_id).where(Membership.user_id == self.user.id)
        owner = select(Project.id).where(Project.owner_id == self.user.id)
        return union_all(member, owner).scalar_subquery()

    def _sees(self, entity: Any) -> Any:
        if entity in (Token, Task):
            return entity.user_id == self.user.id
        if self.user.is_superadmin or entity is Group:
            return true()
        if entity is Project:
            return Project.id.in_(self._projects())
        if entity in (Run, Result, Artifact, Import):
            return entity.project_id.in_(self._projects())
        if entity in (Dashboard, WidgetConfig):
            return or_(entity.project_id.is_(None), entity.project_id.in_(self._projects()))
        return User.id == self.user.id if entity is User else false()
