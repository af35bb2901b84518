"""Saved filters: conditions on a list under a name, for one person or for all of a project."""

import uuid
from collections.abc import Sequence
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
        clauses = filters.parse(texts)
        db.session.execute(filters.apply(select(entity.id), entity, clauses).limit(0))
    except Invalid as error:
        raise Invalid(error.message, field="filters") from error
    sorting.read(entity, sort, clauses)


def _require_free_name(saved: SavedFilter) -> None:
    taken = select(SavedFilter.id).where(
        SavedFilter.project_id == saved.project_id,
        SavedFilter.entity == saved.entity,
        func.lower(SavedFilter.name) == func.lower(saved.name),
        SavedFilter.is_shared if saved.is_shared else ~SavedFilter.is_shared,
    )
    if not saved.is_shared:
        taken = taken.where(SavedFilter.user_id == saved.user_id)
    if saved.id is not None:
        taken = taken.where(SavedFilter.id != saved.id)
    if db.session.scalar(taken) is not None:
        raise Conflict(f"A saved filter with the name {saved.name} already exists", field="name")
