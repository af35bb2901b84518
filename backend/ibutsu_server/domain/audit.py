"""The audit log: who changed or deleted what, noted while it happens and stored by the same commit.

What goes through the session is noted by itself; who writes with a statement of their own calls `note`.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, event, insert, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from ibutsu_server.db import db
from ibutsu_server.db.models import AuditEntry, Result, Run, User
from ibutsu_server.domain import audited
from ibutsu_server.domain.audited import About, Action, Changes

_ACTOR = "ibutsu_server.domain.audit.actor"
_NOTES = "ibutsu_server.domain.audit.notes"


@dataclass(frozen=True)
class Actor:
    """Who is behind what happens in a session; programs of our own have nothing but a name as `user_email`.

    `token_id` is that of the API token, or of the session of a sign-in.  Who `is_program` reports and puts
    right, and edits nothing that was reported.
    """

    user_id: uuid.UUID | None = None
    user_email: str | None = None
    token_id: uuid.UUID | None = None
    token_name: str | None = None
    address: str | None = None
    is_program: bool = False


class _Note(NamedTuple):
    """What happened to one thing: whether it was there before, and whether it is afterwards."""

    about: About
    was: bool
    remains: bool
    changes: Changes
    transaction: SessionTransaction | None

    @property
    def action(self) -> Action | None:
        if not self.was:
            return "create" if self.remains else None
        return "update" if self.remains else "delete"


def act(**who: Any) -> None:
    """Say who is behind the rest of this request, command or task; what is known already stays."""
    info = db.session.info
    info[_ACTOR] = replace(_actor(info), **who)


def _actor(info: dict[Any, Any]) -> Actor:
    actor: Actor = info.get(_ACTOR) or Actor()
    return actor


def note(action: Action, thing: object, changes: Changes | None = None) -> None:
    """Note what a statement does that the session knows nothing about.

    `thing` is a row as far as it is known, `changes` what there is to tell beside its columns.
    """
    _note(db.session(), action, thing, changes or {})


def remove(entity: type[Any], *conditions: ColumnElement[bool]) -> None:
    """Delete rows with one statement, and note each of them."""
    columns = entity.__table__.columns
    gone = db.session.execute(delete(entity).where(*conditions).returning(*columns))
    for row in gone.mappings().all():
        note("delete", entity(**row))


def tell(
    action: Action, noun: str, *, name: str, changes: Changes, project_id: uuid.UUID | None = None
) -> None:
    """Note what is about no thing alone: a task that was asked for, or what went by the thousand."""
    about = audited.event(noun, name, project_id)
    _add(db.session(), about, action, changes)


def _note(session: Session, action: Action, thing: object, changes: Changes) -> None:
    about = audited.about(thing)
    if about is None or (action == "update" and not changes):
        return
    if action != "update" and action in about.kind.actions:
        changes = audited.contents(thing, action) | changes
    _add(session, about, action, changes)


def _add(session: Session, about: About, action: Action, changes: Changes) -> None:
    was, remains = action != "create", action != "delete"
    noted = _Note(about, was, remains, changes, session.get_nested_transaction())
    session.info.setdefault(_NOTES, []).append(noted)


@event.listens_for(db.session, "after_flush")
def _note_flushed(session: Session, _context: UOWTransaction) -> None:
    for thing in session.new:
        _note(session, "create", thing, {})
    for thing in session.dirty:
        changes = audited.changes_of(thing)
        if not _is_report(_actor(session.info), thing, changes):
            _note(session, "update", thing, changes)
    for thing in session.deleted:
        _note(session, "delete", thing, {})


def _is_report(actor: Actor, thing: object, changes: Changes) -> bool:
    """The program that posted a run goes on telling about it; our own tasks put right what was told."""
    if not actor.is_program or "project_id" in changes:
        return False
    if actor.user_id is None:
        return isinstance(thing, Run | Result)
    return isinstance(thing, Run) and thing.reporter_id == actor.user_id


@event.listens_for(db.session, "before_commit")
def _store(session: Session) -> None:
    """In one statement, however much has happened."""
    if session.in_nested_transaction():
        return
    session.flush()
    notes = [
        noted
        for noted in _joined(session.info.pop(_NOTES, ()))
        if noted.action in noted.about.kind.actions and (noted.changes or noted.action != "update")
    ]
    if notes:
        _insert(session, notes)


def _insert(session: Session, notes: list[_Note]) -> None:
    actor = _actor(session.info)
    emails = _emails(session, actor, notes)
    who = asdict(replace(actor, user_email=actor.user_email or emails.get(actor.user_id)))
    del who["is_program"]
    rows = [who | entry for noted in notes for entry in _entries(noted, emails)]
    if rows:
        session.execute(insert(AuditEntry), rows)


def _emails(session: Session, actor: Actor, notes: list[_Note]) -> dict[uuid.UUID | None, str | None]:
    """Of the people whom the notes name; nobody's is asked for that is known."""
    emails: dict[uuid.UUID | None, str | None] = {None: None}
    if actor.user_email is not None:
        emails[actor.user_id] = actor.user_email
    missing = {actor.user_id, *(noted.about.user_id for noted in notes)} - emails.keys()
    if missing:
        found = session.execute(select(User.id, User.email).where(User.id.in_(missing)))
        emails |= {row.id: row.email for row in found}
    return emails


def _entries(noted: _Note, emails: dict[uuid.UUID | None, str | None]) -> Iterator[dict[str, Any]]:
    """What moves is missed in one project and new in the other: both are told."""
    changes, about = audited.shown(noted.changes), noted.about
    if noted.action == "update" and not changes:
        return
    places = {about.project_id, *noted.changes.get("project_id", ())} - {None}
    for project_id in sorted(places, key=str) or [None]:
        yield {
            "action": noted.action,
            "entity": about.kind.noun,
            "entity_id": about.id,
            "name": about.name or emails.get(about.user_id),
            "project_id": project_id,
            "changes": changes or None,
        }


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    notes = session.info.pop(_NOTES, ())
    if ended.nested:
        session.info[_NOTES] = [noted for noted in notes if noted.transaction is not ended]


def _joined(notes: Iterable[_Note]) -> Iterable[_Note]:
    """One note for each thing, however often it was touched."""
    joined: dict[Any, _Note] = {}
    for later in notes:
        first = joined.get(later.about.key)
        joined[later.about.key] = later if first is None else _join(first, later)
    return joined.values()


def _join(first: _Note, later: _Note) -> _Note:
    """What was before the first, and what is after the later one."""
    changes = {
        field: (first.changes.get(field, pair)[0], later.changes.get(field, pair)[1])
        for field, pair in (first.changes | later.changes).items()
    }
    return later._replace(was=first.was, changes=changes)
