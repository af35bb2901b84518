"""The counts of a run: what clients reported until the first result arrives, from then on what is stored."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, literal, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run
from ibutsu_server.db.types import JSONObject, UtcDateTime
from ibutsu_server.errors import Invalid

COLUMN_OF_OUTCOME = {
    "passed": "passes",
    "failed": "failures",
    "error": "errors",
    "skipped": "skips",
    "xfailed": "xfailures",
    "xpassed": "xpasses",
    "manual": "manual",
    "blocked": "blocked",
}
OUTCOME_COLUMNS = tuple(COLUMN_OF_OUTCOME.values())
MOST = 2**31 - 1
"""What PostgreSQL's integers can count."""

DERIVED = ("pass_percent", "not_run")


def report(run: Run, summary: JSONObject) -> None:
    """Take over what a client says about a run; counted numbers stay as they are."""
    run.collected = summary.get("collected", run.collected)
    known = {"tests", "collected", *OUTCOME_COLUMNS, *DERIVED}
    run.summary_extra = {key: value for key, value in summary.items() if key not in known} or None
    if not run.result_count:
        _take_over(run, summary)


def _take_over(run: Run, summary: JSONObject) -> None:
    counts = {column: summary.get(column) or 0 for column in OUTCOME_COLUMNS}
    run.tests = summary.get("tests") or sum(counts.values())
    if run.tests > MOST:
        raise Invalid(f"These are more than {MOST} tests", field="summary")
    if summary.get("passes") is None:
        counts["passes"] = max(run.tests - sum(counts.values()), 0)
    for column, count in counts.items():
        setattr(run, column, count)


def add(result: dict[str, Any]) -> None:
    """Count one more result in its run, in a single statement so that no concurrent writer is lost.

    It is the last statement of its transaction: the row of a run is what parallel reporters wait for.
    """
    duration = result["duration"] or 0.0
    start: datetime = result["start_time"]
    outcome = COLUMN_OF_OUTCOME.get(result["result"])
    db.session.connection().execute(
        _ADD,
        {
            "run": result["run_id"],
            "more_duration": duration,
            "start": start,
            "end": _end(start, duration),
            "of_env": result["env"],
            "of_component": result["component"],
            "of_source": result["source"],
            **{f"more_{column}": int(column == outcome) for column in OUTCOME_COLUMNS},
        },
    )


def _end(start: datetime, duration: float) -> datetime:
    try:
        return start + timedelta(seconds=duration)
    except OverflowError:
        return start


def _afresh(column: Any, more: Any) -> Any:
    """The first result starts the count anew, whatever the client had reported."""
    none = literal(0, column.type)  # a plain 0 would make PostgreSQL count whole seconds
    return case((Run.result_count == 0, none), else_=func.coalesce(column, none)) + more


def _first(column: Any, value: Any, *, wins: Any) -> Any:
    return case((Run.result_count == 0, value), (column.is_(None), value), (wins, value), else_=column)


_START, _END = bindparam("start", type_=UtcDateTime), bindparam("end", type_=UtcDateTime)
_ADD = (
    update(Run)
    .where(Run.id == bindparam("run"))
    .values(
        {
            "result_count": Run.result_count + 1,
            "tests": _afresh(Run.tests, 1),
            "duration": _afresh(Run.duration, bindparam("more_duration")),
            "first_start": _first(Run.first_start, _START, wins=Run.first_start > _START),
            "last_end": _first(Run.last_end, _END, wins=Run.last_end < _END),
            "env": func.coalesce(Run.env, bindparam("of_env")),
            "component": func.coalesce(Run.component, bindparam("of_component")),
            "source": func.coalesce(Run.source, bindparam("of_source")),
        }
        | {column: _afresh(getattr(Run, column), bindparam(f"more_{column}")) for column in OUTCOME_COLUMNS}
    )
)


def recount(run_id: uuid.UUID) -> None:
    """Count all results of a run again, after one was changed; the lock on the run keeps writers in line."""
    run = db.session.execute(
        select(Run)
        .where(Run.id == run_id)
        .with_for_update(of=Run, key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    counts = dict.fromkeys(OUTCOME_COLUMNS, 0)
    run.tests, run.duration = 0, 0.0
    for outcome, count, duration in db.session.execute(_per_outcome(run_id)):
        run.tests += count
        run.duration += duration or 0.0
        if outcome in COLUMN_OF_OUTCOME:
            counts[COLUMN_OF_OUTCOME[outcome]] = count
    for column, count in counts.items():
        setattr(run, column, count)
    run.result_count = run.tests
    _measure_span(run)
    db.session.flush()


def _per_outcome(run_id: uuid.UUID) -> Any:
    return (
        select(Result.result, func.count(), func.sum(Result.duration))
        .where(Result.run_id == run_id)
        .group_by(Result.result)
    )


def _measure_span(run: Run) -> None:
    spans = db.session.execute(select(Result.start_time, Result.duration).where(Result.run_id == run.id))
    first, last = None, None
    for start, duration in spans.yield_per(1000):
        end = _end(start, duration or 0.0)
        first = start if first is None else min(first, start)
        last = end if last is None else max(last, end)
    run.first_start, run.last_end = first, last
