"""Saved filters: conditions on a list under a name, for one person or for all of a project."""

import uuid
from collections.abc import Sequence
from itertools import chain, count
from typing import Any

from sqlalchemy import func, select

from ibutsu_server import filters
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run, SavedFilter
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import sorting
from ibutsu_server.domain.deletion import delete_all
from ibutsu_server.errors import Conflict, Invalid

_NAME_CHARACTERS = 245
"""Of a name that gets a number behind it."""

_ENTITIES: dict[str, type[Any]] = {"run": Run, "result": Result}


def add(caller: Scope, body: JSONObject) -> SavedFilter:
    """Save a filter of the caller's own; to share it takes a maintainer of the project."""
    project_id = caller.project_id(body["project_id"])
    caller.require_keeping()
    if body.get("is_shared"):
        caller.require_role("maintainer", project_id)
    saved = SavedFilter(
        project_id=project_id,
        user_id=caller.user.id,
        name=_name(body["name"]),
        entity=body["entity"],
        filters=body["filters"],
        sort=body.get("sort") or None,
        is_shared=body.get("is_shared", False),
    )
    _store(saved)
    return saved


def change(caller: Scope, saved: SavedFilter, body: JSONObject) -> None:
    """Apply a partial update; who shares it or ends that is a maintainer, whoever it belongs to."""
    if body.get("is_shared") not in (None, saved.is_shared):
        caller.require_role("maintainer", saved.project_id)
        if saved.user_id is None:
            raise Invalid("It belongs to nobody any more, so that it stays shared", field="is_shared")
        saved.is_shared = body["is_shared"]
    if "name" in body:
        saved.name = _name(body["name"])
    if "filters" in body:
        saved.filters = body["filters"]
    if "sort" in body:
        saved.sort = body["sort"] or None
    if body.get("is_shared") is False and saved.user_id != caller.user.id:
        saved.name = _free_name(saved)
    _store(saved)


def delete(saved: SavedFilter) -> None:
    db.session.delete(saved)
    db.session.flush()


def forget(user_id: uuid.UUID) -> None:
    """Those of an account that goes; what is shared stays, and belongs to nobody."""
    delete_all(SavedFilter, SavedFilter.user_id == user_id, ~SavedFilter.is_shared)


def _name(text: str) -> str:
    if not text.strip():
        raise Invalid("name must not be empty", field="name")
    return text.strip()


def _store(saved: SavedFilter) -> None:
    with db.session.no_autoflush:
        _require_sense(_ENTITIES[saved.entity], saved.filters, saved.sort)
        _require_free_name(saved)
    db.session.add(saved)
    db.session.flush()


def _require_sense(entity: type[Any], texts: Sequence[str], sort: str | None) -> None:
    """As the list would judge them; what a regular expression may have in it, the database knows."""
    try:
        clauses = _clauses(texts)
        db.session.execute(filters.apply(select(entity.id), entity, clauses).limit(0))
    except Invalid as error:
        raise Invalid(error.message, field="filters") from error
    sorting.read(entity, sort, clauses)


def _clauses(texts: Sequence[str]) -> list[filters.Clause]:
    clauses = filters.parse(texts)
    if filters.names_project(clauses):
        raise Invalid("The project of a saved filter is not among its conditions")
    if not all(filters.parse([text]) for text in texts):
        raise Invalid("One of the conditions is empty")
    return clauses


def _free_name(saved: SavedFilter) -> str:
    """Where it goes to somebody who may have one of that name: who sends it there shall not learn of it."""
    names = chain([saved.name], (f"{saved.name[:_NAME_CHARACTERS]} ({number})" for number in count(2)))
    with db.session.no_autoflush:
        return next(name for name in names if not _is_taken(saved, name))


def _require_free_name(saved: SavedFilter) -> None:
    if _is_taken(saved, saved.name):
        raise Conflict(f"A saved filter with the name {saved.name} already exists", field="name")


def _is_taken(saved: SavedFilter, name: str) -> bool:
    taken = select(SavedFilter.id).where(
        SavedFilter.project_id == saved.project_id,
        SavedFilter.entity == saved.entity,
        func.lower(SavedFilter.name) == func.lower(name),
        SavedFilter.is_shared if saved.is_shared else ~SavedFilter.is_shared,
    )
    if not saved.is_shared:
        taken = taken.where(SavedFilter.user_id == saved.user_id)
    if saved.id is not None:
        taken = taken.where(SavedFilter.id != saved.id)
    return db.session.scalar(taken) is not None
