"""What a new installation starts with: a superadmin, a first project, a first token, and its people."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Project, User
from ibutsu_server.domain import members, projects, tokens
from ibutsu_server.errors import Conflict, NotFound
from ibutsu_server.passwords import hash_password

DEFAULT_EMAIL = "admin@example.com"
DEFAULT_PROJECT = "my-project"
TOKEN_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class FirstStart:
    """What to show: `password` only if it was made up here, `project` and `jwt` only the first time."""

    email: str | None
    password: str | None = None
    project: str | None = None
    jwt: str | None = None


def first_start(
    *, email: str | None, name: str, password: str | None, own_project: str | None, rounds: int
) -> FirstStart:
    """Make what is missing and leave alone what is there; meant for every start of an embedded server."""
    if db.session.scalar(select(User.id).limit(1)) is not None:
        return _later_start(email=email, name=name, password=password, own_project=own_project, rounds=rounds)
    user, made_up = superadmin(email or DEFAULT_EMAIL, name=name, password=password, rounds=rounds)
    project = own(user, own_project or DEFAULT_PROJECT)
    issued = tokens.issue(user, name="first start", lifetime=TOKEN_LIFETIME)
    return FirstStart(user.email, made_up, project.name, issued.jwt)


def _later_start(
    *, email: str | None, name: str, password: str | None, own_project: str | None, rounds: int
) -> FirstStart:
    if email is None:
        return FirstStart(getattr(_oldest_superadmin(), "email", None))
    user, made_up = superadmin(email, name=name, password=password, rounds=rounds)
    if own_project is not None:
        own(user, own_project)
    return FirstStart(user.email, made_up)


def superadmin(email: str, *, name: str, password: str | None, rounds: int) -> tuple[User, str | None]:
    """Promote the user, whose password stays, or make one; the text is a password made up here."""
    user = _find(email)
    made_up = None
    if user is None:
        made_up = None if password else secrets.token_urlsafe(12)
        hashed = hash_password(password or made_up or "", rounds=rounds)
        user = User(email=email, name=name, password_hash=hashed)
        try:
            with db.session.begin_nested():
                db.session.add(user)
        except Conflict:  # of two servers that start for the first time, the other one was faster
            user, made_up = user_called(email), None
    user.is_superadmin = user.is_active = True
    db.session.flush()
    return user, made_up


def own(user: User, name: str) -> Project:
    """The project of that name; made, and owned by `user`, if there is none."""
    return _find_project(name) or projects.add(user, {"name": name})


def first_superadmin() -> User:
    found = _oldest_superadmin()
    if found is None:
        raise NotFound("There is no superadmin: run `ibutsu-server admin create`")
    return found


def _oldest_superadmin() -> User | None:
    return db.session.scalar(
        select(User).where(User.is_superadmin, User.is_active).order_by(User.id).limit(1)
    )


def user_called(email: str) -> User:
    found = _find(email)
    if found is None:
        raise NotFound(f"There is no user with the e-mail address {email}")
    return found


def project_called(name: str) -> Project:
    found = _find_project(name)
    if found is None:
        raise NotFound(f"There is no project called {name}")
    return found


def _find(email: str) -> User | None:
    return db.session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))


def _find_project(name: str) -> Project | None:
    return db.session.scalar(select(Project).where(func.lower(Project.name) == func.lower(name)))


def seed(teams: dict[str, Any]) -> None:
    """Give projects, by name, the owner and the users whose e-mail addresses are said.

    Unknown projects are left out; missing accounts are made, active and without a password.
    """
    for name, team in teams.items():
        project = _find_project(name)
        if project is None:
            continue
        if team.get("owner"):
            project.owner_id = _account(team["owner"]).id
        for email in [*filter(None, [team.get("owner")]), *team.get("users", [])]:
            members.join(project.id, _account(email).id)
    db.session.flush()


def _account(email: str) -> User:
    found = _find(email)
    if found is None:
        found = User(email=email, name=email.partition("@")[0], is_active=True)
        db.session.add(found)
        db.session.flush()
    return found
