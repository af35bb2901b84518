"""The builds of Jenkins jobs: each is the runs that name the same job and build number in their metadata."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.filters import Clause
from ibutsu_server.filters.grouping import by_code_points, group_by
from ibutsu_server.pages import offset_of
from ibutsu_server.widgets.conditions import Rows, rows

RUNS = 10_000
"""So many of the newest runs are looked at."""

RUNS_PER_BUILD = 60
FEW_RUNS = 1000
"""So many of them at first, where some builds are wanted: few are found faster, and mostly enough.

What is older of these builds is not counted, such as the first runs of a build that was repeated much later.
"""

JOB_NAME = "metadata.jenkins.job_name"
BUILD_NUMBER = "metadata.jenkins.build_number"

_COUNTS = (Run.tests, Run.passes, Run.failures, Run.errors, Run.skips, Run.xfailures, Run.xpasses)


class Builds(NamedTuple):
    """Those of one page, the last started first; `total` is the number of builds on all pages.

    A build has the sums of the counts of its runs, `first` and `last` of their starts, `longest` and (as sum)
    `seconds` of their durations; of texts that differ between them the least.
    """

    builds: Sequence[Any]
    total: int
    warnings: list[str]


def runs_of_job(scope: Scope, job_name: str, *, project: str | None, text: str | None = None) -> Rows:
    return rows(scope, Run, project=project, texts=[text], clauses=[Clause(JOB_NAME, "=", job_name)])


def newest_runs(found: Rows, limit: int, *columns: Any) -> CTE:
    """`columns`, `start_time` and `build` of those that are part of a build."""
    build: Any = group_by(Run, BUILD_NUMBER)
    return (
        found.statement.with_only_columns(Run.start_time, build.label("build"), *columns)
        .where(build.is_not(None))
        .order_by(Run.start_time.desc(), Run.id.desc())
        .limit(limit)
        .cte("newest")
    )


def read(statement: Callable[[int], Select[Any]], builds: int) -> tuple[Sequence[Any], list[str]]:
    """What a statement about `builds` builds finds among few or, if these are not enough, among many runs.

    It is made with the number of runs to look at; its rows tell how many it `looked_at`, of `total` builds.
    """
    limit = min(max(RUNS_PER_BUILD * builds, FEW_RUNS), RUNS)
    found = db.session.execute(statement(limit)).all()
    if limit < RUNS and _is_short(found, limit, builds):
        found = db.session.execute(statement(RUNS)).all()
    return found, _cut(found) if _is_short(found, RUNS, builds) else []


def newest_builds_of_job(found: Rows, builds: int) -> Builds:
    chosen, warnings = read(lambda runs: _builds(found, runs).limit(builds), builds)
    return Builds(chosen, len(chosen), [*found.warnings, *warnings])


def page_of_builds(found: Rows, *, page: int, page_size: int, run_limit: int | None = None) -> Builds:
    """Builds of all jobs that the runs belong to."""
    builds = _builds(found, min(run_limit or RUNS, RUNS))
    offset = offset_of(page, page_size)
    chosen = db.session.execute(builds.limit(page_size).offset(offset)).all()
    some = chosen or db.session.execute(builds.limit(1)).all()
    return Builds(chosen, some[0].total if some else 0, [*found.warnings, *_cut(some)])


def duration(build: Any) -> float:
    """Seconds from the start of the first run to that of the last, and what the longest took."""
    seconds: float = (build.last - build.first).total_seconds() + (build.longest or 0.0)
    return seconds


def _is_short(found: Sequence[Any], runs: int, builds: int) -> bool:
    """Whether runs that were not looked at may belong to the builds."""
    return bool(found) and found[0].looked_at >= runs and found[0].total <= builds


def _cut(found: Sequence[Any]) -> list[str]:
    told = f"Only the newest {RUNS} runs were looked at; conditions narrow them down"
    return [told] if found and found[0].looked_at >= RUNS else []


def _builds(found: Rows, runs: int) -> Select[Any]:
    run = _of_jobs(found, runs).c
    last = func.max(run.start_time)
    return (
        select(
            run.job,
            run.build,
            *(func.min(by_code_points(run[text])).label(text) for text in ("build_url", "env", "source")),
            *(func.sum(run[column.key]).label(column.key) for column in _COUNTS),
            func.min(run.start_time).label("first"),
            last.label("last"),
            func.max(run.duration).label("longest"),
            func.sum(run.duration).label("seconds"),
            func.count().over().label("total"),
            func.sum(func.count()).over().label("looked_at"),
        )
        .group_by(run.job, run.build)
        .order_by(last.desc(), by_code_points(run.job), by_code_points(run.build))
    )


def _of_jobs(found: Rows, runs: int) -> CTE:
    job: Any = group_by(Run, JOB_NAME)
    build_url: Any = group_by(Run, "metadata.jenkins.build_url")
    named = found._replace(statement=found.statement.where(job.is_not(None)))
    texts = (job.label("job"), build_url.label("build_url"), Run.env, Run.source)
    return newest_runs(named, runs, *texts, Run.duration, *_COUNTS)
