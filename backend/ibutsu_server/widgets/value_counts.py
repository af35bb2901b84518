"""How many results have which value of a field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from ibutsu_server import totals
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.filters import Clause
from ibutsu_server.filters.grouping import by_code_points, group_by
from ibutsu_server.widgets.conditions import rows

GROUPS = 1000
"""Values that one answer can have."""

ROWS = 100_000
"""The newest results, which are read where the values were not counted before."""


class Counted(NamedTuple):
    """The most frequent values, one more than `GROUPS` if there are more; of all results, or of some only."""

    values: list[tuple[Any, int]]
    is_complete: bool = True


def count_values(
    scope: Scope, project: str | None, clauses: Sequence[Clause], field: str, since: datetime | None
) -> Counted:
    """Equally frequent values are in order; results without a value are left out, an unknown field has none.

    Over the results that the caller may see and that started after `since`.  Of lists the value is JSON.
    """
    value = group_by(Result, field)
    if value is None:
        return Counted([])
    found = rows(scope, Result, project=project, clauses=clauses)
    counted = totals.value_counts(scope, found.clauses, field, since)
    if counted is not None:
        return Counted(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[: GROUPS + 1])
    return _read(found.statement, value, since)


def _read(statement: Select[Any], value: ColumnElement[Any], since: datetime | None) -> Counted:
    if since is not None:
        statement = statement.where(Result.start_time > since)
    newest = statement.with_only_columns(value.label("value")).where(value.is_not(None))
    newest = newest.order_by(Result.start_time.desc(), Result.id.desc()).limit(ROWS)
    values = newest.subquery().c.value
    count = func.count()
    grouped = select(values, count, func.sum(count).over()).group_by(values)
    found = db.session.execute(grouped.order_by(count.desc(), by_code_points(values)).limit(GROUPS + 1)).all()
    return Counted([(row[0], row[1]) for row in found], is_complete=not found or found[0][2] < ROWS)
