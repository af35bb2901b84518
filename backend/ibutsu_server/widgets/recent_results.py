"""Results of the last days, no more of them than can be read within a request."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, true, union_all

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Project, Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.filters.grouping import as_json
from ibutsu_server.widgets.conditions import rows

PROJECTS = 50
"""So many projects are looked at together, those with the newest runs."""


class Window(NamedTuple):
    """`statement` selects the results that started after `start`, which is later where there are too many."""

    statement: Select[Any]
    start: datetime
    warnings: list[str]


def window(  # noqa: PLR0913 - what to look at, and how much of it
    scope: Scope,
    *,
    project: str | None,
    additional_filters: str | None,
    days: int,
    most: int,
    outcomes: Sequence[str] = (),
) -> Window:
    """The results of the last days that fulfil the filters, begun at a full hour: the answer stays the same.

    At most `most` that have one of the outcomes can be among them, whatever the filters are.
    """
    projects, warnings = _projects(scope, project)
    found = rows(scope, Result, project=project, texts=[additional_filters])
    start = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    cut = db.session.scalar(_first_too_old(projects, outcomes, start, most)) if projects else None
    if cut:
        what = "failures" if outcomes else "results"
        warnings.append(f"Only the newest {most} {what}, since {as_json(cut)}, are looked at")
    statement = found.statement.where(Result.project_id.in_(projects), Result.start_time > (cut or start))
    return Window(statement, cut or start, [*found.warnings, *warnings])


def found_in(row: Any) -> dict[str, Any]:
    """Where a result is."""
    return {
        "result_id": str(row.id),
        "run_id": None if row.run_id is None else str(row.run_id),
        "start_time": as_json(row.start_time),
    }


def _projects(scope: Scope, project: str | None) -> tuple[list[uuid.UUID], list[str]]:
    """Their indexes are read one by one: there is none over all projects."""
    if project:
        return [scope.project_id(project)], []
    newest = select(func.max(Run.start_time)).where(Run.project_id == Project.id).scalar_subquery()
    visible = scope.select(Project).with_only_columns(Project.id)
    by_newest = visible.order_by(newest.desc().nulls_last(), Project.id).limit(PROJECTS + 1)
    ids = list(db.session.scalars(by_newest).all())
    warning = f"Only the {PROJECTS} projects with the newest runs are looked at: name one"
    return ids[:PROJECTS], [warning] if len(ids) > PROJECTS else []


def _first_too_old(
    projects: Iterable[uuid.UUID], outcomes: Sequence[str], start: datetime, most: int
) -> Select[Any]:
    """When the newest result that is not looked at any more started.

    Each part is the end of an index, so that they can be merged and read no further than that.
    """
    is_one = [Result.result == outcome for outcome in outcomes] or [true()]
    parts = [_times(start, most, Result.project_id == project, one) for project in projects for one in is_one]
    times = union_all(*parts).subquery()
    return select(times.c.start_time).order_by(times.c.start_time.desc()).offset(most).limit(1)


def _times(start: datetime, most: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    newest = select(Result.start_time).where(*conditions, Result.start_time > start)
    times = newest.order_by(Result.start_time.desc()).limit(most + 1).subquery()
    return select(times.c.start_time)
