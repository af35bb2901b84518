"""Which run came before another one, and what has become of the pass rate since."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, or_, select
from sqlalchemy.orm import aliased

from ibutsu_server.access import Scope, as_uuid
from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Run
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import several


def before(run_id: uuid.UUID) -> uuid.UUID | None:
    """The newest earlier run of the same project, source, component and environment."""
    return db.session.scalar(select(_EARLIER_ID).where(Run.id == run_id))


def compare(scope: Scope, ids: list[str]) -> list[JSONObject]:
    """Each run beside the one before it; raises Invalid, NotFound or Forbidden if one cannot be looked at."""
    keys = [as_uuid(id_) for id_ in ids]
    found = {row.id: row for row in db.session.execute(_comparisons(scope, keys))}
    several.require_all(scope, Run, keys, found)
    return [_told(found[key]) for key in keys]


def _comparisons(scope: Scope, keys: list[uuid.UUID]) -> Any:
    """The run before is looked for once for each, and then read by its id."""
    asked = scope.select(Run).where(is_one_of(Run.id, keys))
    with_ids = asked.with_only_columns(Run.id, Run.tests, Run.passes, _EARLIER_ID.label("earlier_id"))
    runs = with_ids.cte("asked").prefix_with("MATERIALIZED")
    earlier = aliased(Run)
    columns = earlier.id.label("earlier_id"), earlier.tests.label("tests_then"), earlier.passes.label("then")
    return select(runs.c.id, runs.c.tests, runs.c.passes, *columns).outerjoin(
        earlier, earlier.id == runs.c.earlier_id
    )


def _told(row: Row[Any]) -> JSONObject:
    return {
        "id": str(row.id),
        "previous_run_id": str(row.earlier_id) if row.earlier_id else None,
        "change": _change(row) if row.tests and row.tests_then else None,
    }


def _change(row: Row[Any]) -> float:
    """In percentage points; never a zero below zero."""
    now: float = 100 * row.passes / row.tests
    then: float = 100 * row.then / row.tests_then
    return round(now - then, 1) + 0.0


def _earlier_id() -> ColumnElement[uuid.UUID]:
    """Of the run at hand, by the end of an index: that asks for values and for nulls in different words."""
    has_component, has_env = Run.component.is_not(None), Run.env.is_not(None)
    return case(
        (and_(has_component, has_env), _newest("component", "env")),
        (has_component, _newest("component")),
        (has_env, _newest("env")),
        else_=_newest(),
    )


def _newest(*known: str) -> Any:
    """Among the runs that are alike in what is `known`, and have no other component or environment.

    First the time is found, then the run: an order by time and id has no index, and planners that take them
    for few would sort all runs that are alike.
    """
    at, earlier = aliased(Run), aliased(Run)
    # What is alike stands in the order as well: PostgreSQL does not see that nulls are all the same.
    order = at.component.desc(), at.env.desc(), at.start_time.desc()
    not_later = at.start_time <= Run.start_time
    times = select(at.start_time).where(*_alike(at, known), not_later).order_by(*order)
    same_time = earlier.start_time == times.limit(1).correlate(Run).scalar_subquery()
    found = select(earlier.id).where(*_alike(earlier, known), same_time).order_by(earlier.id.desc()).limit(1)
    return found.correlate(Run).scalar_subquery()


def _alike(earlier: Any, known: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    yield earlier.project_id == Run.project_id
    for name in ("component", "env"):
        column = getattr(earlier, name)
        yield column == getattr(Run, name) if name in known else column.is_(None)
    yield earlier.source.is_not_distinct_from(Run.source)
    yield or_(earlier.start_time < Run.start_time, earlier.id < Run.id)


_EARLIER_ID = _earlier_id()
