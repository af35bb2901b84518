"""Rows with sensible defaults, committed: what a test builds, every request sees."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import current_app

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
    User,
    WidgetConfig,
)
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import counts, projects, sessions, tests, tokens, usage
from ibutsu_server.passwords import hash_password


def _stored(entity: Any) -> Any:
    db.session.add(entity)
    db.session.commit()
    return entity


def user(*, password: str | None = None, **values: Any) -> User:
    password_hash = hash_password(password, rounds=4) if password else None
    defaults = {"email": f"{uuid4().hex[:8]}@example.com", "name": "Test User", "is_active": True}
    return _stored(User(password_hash=password_hash, **{**defaults, **values}))


def token(user: User, *, lifetime: timedelta = timedelta(hours=1), **values: Any) -> str:
    """The JWT of a fresh API token of this user."""
    issued = tokens.issue(user, name=values.pop("name", "test"), lifetime=lifetime, **values)
    db.session.commit()
    return issued.jwt


def session(user: User, *, lifetime: timedelta = timedelta(hours=1)) -> sessions.Access:
    """A sign-in of this user."""
    access = sessions.open_session(user, sessions.Visitor(), sessions.Lifetimes(lifetime, lifetime))
    db.session.commit()
    return access


def group(**values: Any) -> Group:
    return _stored(Group(**{"name": "group", "metadata": {}, **values}))


def project(*, users: list[User] = (), role: str = "maintainer", **values: Any) -> Project:  # type: ignore[assignment]
    made = _stored(Project(**{"name": f"project-{uuid4().hex[:8]}", "title": "Test project", **values}))
    for member in users:
        projects.join(made.id, member.id, role=role)
    db.session.commit()
    return made


def run(*, summary: dict[str, Any] | None = None, **values: Any) -> Run:
    if "project_id" not in values and "project" not in values:
        values["project_id"] = project().id
    made = Run(**{"result_count": 0, "metadata": {}, "source": "test", **values})
    counts.report(made, summary or {})
    return _stored(made)


def result(**values: Any) -> Result:
    """A result that is counted in its run, like one that was posted."""
    if values.get("project_id") is None:
        owner = db.session.get(Run, values["run_id"]) if values.get("run_id") else run()
        values |= {"project_id": owner.project_id, "run_id": owner.id}
    defaults = {"id": new_id(), "test_id": "test.example", "result": "passed", "duration": 1.0}
    defaults |= {"start_time": now(), "metadata": {}, "params": {}, "source": "test"}
    made = _stored(Result(**{**defaults, **values}))
    if made.test_id is not None:
        tests.saw(made.project_id, made.test_id, made.start_time)
    if made.run_id is not None:
        counts.add(
            {
                column.key: getattr(made, column.key)
                for column in Result.__table__.columns
                if column.key != "fingerprint"
            }
        )
        db.session.expire_all()
    db.session.commit()
    return made


def artifact(*, content: bytes = b"content", **values: Any) -> Artifact:
    """An artifact whose bytes are in the storage."""
    parent = db.session.get(Result, values["result_id"]) if values.get("result_id") else None
    parent = parent or (db.session.get(Run, values["run_id"]) if values.get("run_id") else result())
    owner = {"result_id": parent.id, "run_id": parent.run_id} if isinstance(parent, Result) else {}
    id_ = new_id()
    key = f"artifacts/{parent.project_id}/{id_}"
    current_app.config["STORAGE"].put(key, [content])
    defaults = {"id": id_, "project_id": parent.project_id, "filename": "test.log", "metadata": {}}
    defaults |= {"content_type": "text/plain; charset=utf-8", "size": len(content), "storage_key": key}
    defaults |= {"digest": hashlib.sha256(content).digest(), **owner}
    made = Artifact(**{**defaults, **values})
    usage.add(made.project_id, artifact_bytes=made.size, stored_bytes=made.size)
    return _stored(made)


def import_(**values: Any) -> Import:
    made = Import(**{"filename": "test.xml", "format": "junit", "status": "done", "metadata": {}, **values})
    size = made.size or 0
    usage.add(made.project_id, imports=1, import_bytes=size, stored_bytes=size if made.storage_key else 0)
    return _stored(made)


def dashboard(**values: Any) -> Dashboard:
    return _stored(Dashboard(**{"title": "Dashboard", **values}))


def saved_filter(**values: Any) -> SavedFilter:
    return _stored(SavedFilter(**{"name": "Saved", "entity": "run", "filters": ["env=qa"], **values}))


def widget_config(**values: Any) -> WidgetConfig:
    defaults = {"widget": "run-aggregator", "type": "widget", "title": "Widget", "params": {"weeks": 4}}
    return _stored(WidgetConfig(**{**defaults, **values}))
