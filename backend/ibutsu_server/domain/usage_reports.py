"""What projects have and were sent, for people to read."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, extract, func, literal_column, select, true

from ibutsu_server import pages
from ibutsu_server.db import db
from ibutsu_server.db.models import Project, Result, Run, Usage
from ibutsu_server.db.types import now
from ibutsu_server.domain import usage


class Month(NamedTuple):
    """What a project was sent in a month, whatever became of it; results count where their run began."""

    month: str
    results: int
    artifact_bytes: int
    import_bytes: int
    imports: int


def months(project_id: uuid.UUID, count: int) -> list[Month]:
    """The last months up to the current one, the newest first."""
    today = now()
    names = _names(today, count)
    sums = [func.sum(getattr(Usage, name)) for name in usage.COUNTERS]
    of_project = Usage.project_id == project_id, Usage.month >= names[-1]
    counted = db.session.execute(select(Usage.month, *sums).where(*of_project).group_by(Usage.month))
    known = {row[0]: [int(amount) for amount in row[1:]] for row in counted}
    since = datetime.fromisoformat(f"{names[-1]}-01T00:00:00+00:00")
    results = _results(project_id, since, today + timedelta(days=31))
    found = []
    for name in names:
        artifact_bytes, import_bytes, imports, _, removed = known.get(name, [0] * len(usage.COUNTERS))
        found.append(Month(name, results[name] + removed, artifact_bytes, import_bytes, imports))
    return found


def _names(last: datetime, count: int) -> list[str]:
    months = last.year * 12 + last.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(months, months - count, -1)]


def _results(project_id: uuid.UUID, since: datetime, until: datetime) -> Counter[str]:
    """Clients may give any time, and SQLite knows no month for the last moment of the year 9999."""
    found: Counter[str] = Counter()
    in_runs = _per_month(Run, func.sum(Run.result_count), project_id, since, until)
    alone = _per_month(Result, func.count(), project_id, since, until).where(Result.run_id.is_(None))
    for statement in (in_runs, alone):
        for year, month, results in db.session.execute(statement):
            found[f"{int(year):04}-{int(month):02}"] += int(results)
    return found


def _per_month(
    entity: Any, amount: Any, project_id: uuid.UUID, since: datetime, until: datetime
) -> Select[Any]:
    year, month = extract("year", entity.start_time), extract("month", entity.start_time)
    of_months = entity.project_id == project_id, entity.start_time.between(since, until)
    return select(year, month, amount).where(*of_months).group_by(year, month)


class Stored(NamedTuple):
    """What a project has now."""

    id: uuid.UUID
    name: str
    stored_bytes: int
    results: int


def of(project: Project) -> Stored:
    return Stored(project.id, project.name, usage.stored_bytes(project.id), usage.stored_results(project.id))


def largest(page: int, page_size: int) -> pages.Page[Stored]:
    """One page of all projects, the one with the most bytes first."""
    total = db.session.scalar(select(func.count()).select_from(Project)) or 0
    largest_first: ColumnElement[int] = literal_column("stored_bytes").desc()
    statement = (
        _of_all()
        .order_by(largest_first, Project.name)
        .limit(page_size)
        .offset(pages.offset_of(page, page_size))
    )
    found = [Stored(row[0], row[1], int(row[2]), int(row[3])) for row in db.session.execute(statement)]
    return pages.Page(found, total, page, page_size)


def _of_all() -> Select[Any]:
    alone = Result.run_id.is_(None)
    sums = [
        select(entity.project_id, amount.label("amount")).where(which).group_by(entity.project_id).subquery()
        for entity, amount, which in (
            (Usage, func.sum(Usage.stored_bytes), true()),
            (Run, func.sum(Run.result_count), true()),
            (Result, func.count(), alone),
        )
    ]
    stored, in_runs, rest = (func.coalesce(part.c.amount, 0) for part in sums)
    statement = select(Project.id, Project.name, stored.label("stored_bytes"), in_runs + rest)
    for part in sums:
        statement = statement.outerjoin(part, part.c.project_id == Project.id)
    return statement
