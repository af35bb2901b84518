"""Several things at once, by their ids: all of them, or none."""

import uuid
from collections.abc import Container, Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, select

from ibutsu_server.access import Scope, as_uuid
from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Result, Run
from ibutsu_server.errors import NotFound

Entity = TypeVar("Entity", Run, Result)


def locked(scope: Scope, ids: Iterable[str]) -> list[Result]:
    """Results, each once and in one order, so that nobody who does the same waits for the other in turn.

    Raises Invalid, NotFound or Forbidden as `Scope.get` does.
    """
    keys = list(dict.fromkeys(as_uuid(id_, field="ids") for id_ in ids))
    asked = scope.select(Result).where(is_one_of(Result.id, keys))
    _lock_runs(asked)
    statement = asked.order_by(Result.id).with_for_update(of=Result, key_share=True)
    found = db.session.scalars(statement).all()
    require_all(scope, Result, keys, {one.id for one in found}, field="ids")
    return list(found)


def _lock_runs(asked: Select[Any]) -> None:
    """Before their results, as whoever deletes one of these does."""
    runs = select(Run.id).where(Run.id.in_(asked.with_only_columns(Result.run_id)))
    db.session.execute(runs.order_by(Run.id).with_for_update(of=Run, key_share=True)).all()


def require_all(
    scope: Scope,
    entity: type[Entity],
    keys: Iterable[uuid.UUID],
    found: Container[uuid.UUID],
    *,
    field: str = "id",
) -> None:
    """Raises what the scope says of the first that was not found through it: NotFound names it."""
    missing = next((key for key in keys if key not in found), None)
    if missing is None:
        return
    try:
        scope.get(entity, missing)
    except NotFound as error:
        raise NotFound(f"{error.message}: {missing}", field=field) from None
    raise NotFound(f"{entity.__name__} not found: {missing}", field=field)
