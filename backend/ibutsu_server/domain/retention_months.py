"""Months of which nothing is kept any longer go with their tables, where the database has tables of months.

What has to stay in a month, because a project keeps it longer or a run is kept for ever, lets all of it stay:
`retention` deletes the rest row by row.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, TableClause, Uuid, column, exists, func, or_, select, table, update

from ibutsu_server.db import db, months
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Artifact, Project, Run
from ibutsu_server.db.types import UtcDateTime, now
from ibutsu_server.domain import audit, counts, deletion, policies, usage
from ibutsu_server.domain.policies import Policy
from ibutsu_server.errors import Unavailable

log = logging.getLogger(__name__)

TRIES = 3

Days = dict[uuid.UUID, int | None]
"""How long each project keeps something; None for ever."""


def keep_up() -> None:
    """Make the tables of the next months; let PostgreSQL know what is in all of them together."""
    connection = db.session.connection()
    if not months.are_used(connection):
        return
    for name in months.make_ahead(connection, now()):
        log.info("Made the table %s", name)
    for parent in months.INSTANTS:
        connection.exec_driver_sql(f"ANALYZE {parent}")
    db.session.commit()


def drop(default: Policy) -> None:
    """Drop the months that are over for every project, artifacts before results."""
    if not months.are_used(db.session.connection()):
        return
    kept = list(policies.effective(default))
    _drop("artifacts", {project: policy.keep_artifacts_days for project, policy in kept}, _artifacts)
    _drop("results", {project: policy.keep_results_days for project, policy in kept}, _results)


def _drop(parent: str, days: Days, take: Callable[[months.Month], None]) -> None:
    for month in months.of(db.session.connection(), parent):
        keeping = [project for project, number in days.items() if not _is_over(month, number)]
        if len(keeping) == len(days) or month.end > now() or _is_needed(month, keeping):
            db.session.commit()
            continue
        _insist(take, month)


def _insist(take: Callable[[months.Month], None], month: months.Month) -> None:
    for _ in range(TRIES):
        try:
            return take(month)
        except Unavailable:
            db.session.rollback()
    log.warning("The table %s is in use: its rows go one by one", month.name)
    return None


def _is_over(month: months.Month, days: int | None) -> bool:
    return days is not None and month.end <= now() - timedelta(days=days)


def _is_needed(month: months.Month, keeping: Collection[uuid.UUID]) -> bool:
    """By one look into an index of the month for each project and each run that is kept."""
    rows = _rows(month)
    of_project = exists().where(rows.c.project_id == Project.id)
    of_run = exists().where(rows.c.run_id == Run.id)
    needed = or_(
        exists().where(is_one_of(Project.id, keeping), of_project), exists().where(Run.is_kept, of_run)
    )
    return bool(db.session.scalar(select(needed)))


def _rows(month: months.Month) -> TableClause:
    ids = [column(name, Uuid()) for name in ("id", "project_id", "run_id")]
    return table(month.name, *ids, column("size", BigInteger()), column("start_time", UtcDateTime()))


def _artifacts(month: months.Month) -> None:
    """Their bytes go with the next clean-up."""
    months.lock(db.session.connection(), "artifacts")
    rows = _rows(month)
    found = select(rows.c.project_id, func.count(), func.sum(rows.c.size)).group_by(rows.c.project_id)
    for project_id, number, size in db.session.execute(found).all():
        usage.add(project_id, stored_bytes=-int(size))
        _tell("artifact", project_id, month.end, number)
    months.drop(db.session.connection(), month)
    db.session.commit()


def _results(month: months.Month) -> None:
    """A run that loses all of its results keeps its counts, one that loses some is counted again."""
    rows = _rows(month)
    _forget_artifacts(rows)
    months.lock(db.session.connection(), "results")
    numbers = _numbers(rows)
    runs = _lock_runs(rows)
    _count_without_run(rows)
    emptied = [run for run in runs if run.result_count == numbers[run.id]]
    gone = {"result_count": 0, "is_tallied": False, "changes": Run.changes + 1, "changed": now()}
    db.session.execute(update(Run).where(is_one_of(Run.id, [run.id for run in emptied])).values(gone))
    lost: dict[uuid.UUID, int] = defaultdict(int)
    for run in runs:
        lost[run.project_id] += numbers[run.id]
        usage.add(run.project_id, month=run.start_time, removed_results=numbers[run.id])
    for project_id, number in lost.items():
        _tell("result", project_id, month.end, number)
    months.drop(db.session.connection(), month)
    for run in runs:
        if run.result_count != numbers[run.id]:
            counts.recount(run.id)
    db.session.commit()


def _forget_artifacts(rows: TableClause) -> None:
    """Before anybody has to wait: those that are left when artifacts are kept as long as results."""
    of_runs = select(rows.c.run_id).where(rows.c.run_id.is_not(None)).distinct()
    alone = select(rows.c.id).where(rows.c.run_id.is_(None))
    for condition in (is_one_of(Artifact.run_id, of_runs), is_one_of(Artifact.result_id, alone)):
        for _ in deletion.delete_in_batches(Artifact, condition, Artifact.result_id.in_(select(rows.c.id))):
            db.session.commit()
    db.session.commit()


def _numbers(rows: TableClause) -> dict[uuid.UUID, int]:
    of_runs = select(rows.c.run_id, func.count()).where(rows.c.run_id.is_not(None)).group_by(rows.c.run_id)
    return {run_id: number for run_id, number in db.session.execute(of_runs)}  # noqa: C416 - they are rows


def _lock_runs(rows: TableClause) -> list[Any]:
    columns = Run.id, Run.project_id, Run.start_time, Run.result_count
    locked = select(*columns).where(is_one_of(Run.id, select(rows.c.run_id).distinct())).order_by(Run.id)
    return list(db.session.execute(locked.with_for_update(key_share=True)).all())


def _count_without_run(rows: TableClause) -> None:
    alone = rows.c.run_id.is_(None)
    month = func.date_trunc("month", rows.c.start_time, type_=UtcDateTime())
    found = select(rows.c.project_id, month, func.count()).where(alone).group_by(rows.c.project_id, month)
    for project_id, begun, number in db.session.execute(found).all():
        usage.add(project_id, month=begun, removed_results=number)
        _tell("result", project_id, begun, number)


def _tell(noun: str, project_id: uuid.UUID, before: datetime, number: int) -> None:
    name = f"{noun}s before {before.astimezone(UTC):%Y-%m-%d}"
    audit.tell("delete", noun, name=name, changes={f"{noun}s": (number, None)}, project_id=project_id)
