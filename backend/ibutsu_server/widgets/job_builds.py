"""The newest builds of a Jenkins job, and which runs have their results."""

from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from ibutsu_server import filters, totals
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run
from ibutsu_server.filters import Clause
from ibutsu_server.filters.grouping import group_by
from ibutsu_server.widgets.rates import newest_builds

RUNS = 10_000
"""The builds of so many of the newest runs of a job are known."""

LOOSE = 5_000
"""So many results are looked at whose run does not say which build it is, and as many without a run."""

_LOOSE_RUNS = 500

JOB = "metadata.jenkins.job_name"
BUILD = "metadata.jenkins.build_number"

Found = set[tuple[str, UUID | None]]
"""Builds, each with a run that has results of it."""


class Builds(NamedTuple):
    """`numbers` from the oldest to the newest, and where their results are.

    Of the results of `runs` and of those `alone`, without a run, some may be of other builds; `alone` is None
    where there are none.
    """

    numbers: list[str]
    runs: set[UUID]
    alone: ColumnElement[bool] | None
    warnings: list[str]


def newest(scope: Scope, project_id: UUID, job: str, count: int) -> Builds:
    """Of results, the metadata says to which build they belong; runs tell where to look for them."""
    project = Clause("project_id", "=", str(project_id))
    loose_runs, has_more = _loose_runs(scope, project)
    without_run = _without_run(scope, project)
    loose = _of_results(job, Result, Result.run_id.in_(loose_runs)) if loose_runs else set()
    loose |= _of_results(job, aliased(Result, without_run))
    of_runs = _of_runs(scope, project, Clause(JOB, "=", job))
    found = of_runs | loose
    numbers = newest_builds({build for build, _ in found}, count)
    places = {run for build, run in found if build in numbers}
    runs = {run for run in places if run is not None}
    alone = Result.id.in_(select(without_run.c.id)) if None in places else None
    cuts = {
        f"Only the newest {RUNS} runs of the job are looked at": len(of_runs) >= RUNS,
        f"Of the results whose run does not tell its build, only the newest {LOOSE} are looked at": has_more
        and (loose or not found),
        f"Of the results without a run, only the newest {LOOSE} are looked at": None in places
        and db.session.scalar(select(func.count()).select_from(without_run)) == LOOSE,
    }
    return Builds(numbers, runs, alone, [warning for warning, is_cut in cuts.items() if is_cut])


def text_of(entity: Any, field: str) -> Any:
    """Not a filter: an index of all metadata would find too many."""
    return group_by(entity, field)


def _of_runs(scope: Scope, *clauses: Clause) -> Found:
    build = text_of(Run, BUILD)
    statement = (
        _rows(scope, Run, *clauses)
        .with_only_columns(build, Run.id)
        .where(Run.result_count > 0, build.is_not(None))
        .order_by(Run.start_time.desc(), Run.id.desc())
        .limit(RUNS)
    )
    return {(row[0], row[1]) for row in db.session.execute(statement)}


def _loose_runs(scope: Scope, project: Clause) -> tuple[list[UUID], bool]:
    """The newest runs that do not say which build they are, and whether there are more."""
    statement = (
        _rows(scope, Run, project)
        .with_only_columns(Run.id, Run.result_count)
        .where(Run.result_count > 0, or_(text_of(Run, JOB).is_(None), text_of(Run, BUILD).is_(None)))
        .order_by(Run.start_time.desc(), Run.id.desc())
        .limit(_LOOSE_RUNS + 1)
    )
    found = db.session.execute(statement).all()
    sums = accumulate(row.result_count for row in found)
    near = [row.id for row, results in zip(found, sums, strict=True) if results <= LOOSE][:_LOOSE_RUNS]
    return near, len(near) < len(found)


def _without_run(scope: Scope, project: Clause) -> Any:
    newest_first = _rows(scope, Result, project).where(Result.run_id.is_(None))
    return newest_first.order_by(Result.start_time.desc(), Result.id.desc()).limit(LOOSE).subquery()


def _of_results(job: str, entity: Any, *place: ColumnElement[bool]) -> Found:
    build = text_of(entity, BUILD)
    statement = (
        select(build, entity.run_id).distinct().where(*place, text_of(entity, JOB) == job, build.is_not(None))
    )
    return {(row[0], row[1]) for row in db.session.execute(statement)}


def _rows(scope: Scope, entity: Any, *clauses: Clause) -> Select[Any]:
    return filters.apply(totals.visible(scope, entity, clauses), entity, clauses)
