"""The newest runs that fulfil a filter, and what widgets tell of each."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.filters.grouping import as_json, group_by
from ibutsu_server.widgets.conditions import rows

_COLUMNS = {
    "passed": Run.passes,
    "failed": Run.failures,
    "error": Run.errors,
    "skipped": Run.skips,
    "xfailed": Run.xfailures,
    "xpassed": Run.xpasses,
    "manual": Run.manual,
    "blocked": Run.blocked,
}
_SAID = {
    "job_name": ("jenkins.job_name",),
    "build_number": ("jenkins.build_number",),
    "branch": ("branch", "git.branch", "git_branch"),
    "commit": ("commit", "git.commit", "git_commit"),
}
"""Places in the metadata; the first that says something counts."""


def _said(name: str, places: Iterable[str]) -> ColumnElement[Any]:
    found = [group_by(Run, f"metadata.{place}") for place in places]
    return func.coalesce(*found, None).label(name)


_TOLD = (
    *(Run.id, Run.source, Run.component, Run.env, Run.start_time, Run.duration),
    *(Run.tests, Run.result_count, Run.first_start, Run.last_end, *_COLUMNS.values()),
    *(_said(name, places) for name, places in _SAID.items()),
)


class Recent(NamedTuple):
    """`runs` are the newest first."""

    runs: list[Row[Any]]
    warnings: list[str]


def recent_runs(scope: Scope, *, project: str | None, additional_filters: str | None, count: int) -> Recent:
    """The last `count` runs that the caller may see and that fulfil the filters."""
    found = rows(scope, Run, project=project, texts=[additional_filters])
    statement = found.statement.with_only_columns(*_TOLD)
    newest = statement.order_by(Run.start_time.desc(), Run.id.desc()).limit(count)
    return Recent(list(db.session.execute(newest).all()), found.warnings)


def told(run: Row[Any]) -> dict[str, Any]:
    """Which run it is, in words of its reporter."""
    names = ("source", "component", "env", *_SAID)
    said = {name: getattr(run, name) for name in names}
    return {"id": str(run.id), **said, "start_time": as_json(run.start_time)}


def counts(run: Row[Any]) -> dict[str, int]:
    """Its results by outcome, and all of them."""
    return {"total": run.tests, **{outcome: getattr(run, column.key) for outcome, column in _COLUMNS.items()}}
