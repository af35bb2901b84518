"""The counts of a run: what clients reported until the first result arrives, from then on what is stored."""

import uuid
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Float, Update, bindparam, case, event, func, select, update
from sqlalchemy.orm import Session, SessionTransaction

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run
from ibutsu_server.db.types import JSONObject, UtcDateTime, now
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

_WAITING = "ibutsu_server.domain.counts"
LABELS = ("env", "component", "source")
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
    """Count one more result in its run with the current commit.

    The row of a run is what parallel reporters wait for: it is locked for nothing but the commit itself.
    """
    db.session.info.setdefault(_WAITING, []).append(result)


@event.listens_for(db.session, "before_commit")
def _add_waiting(session: Session) -> None:
    for result in sorted(session.info.pop(_WAITING, ()), key=itemgetter("run_id")):
        _add(session.connection(), result)


@event.listens_for(db.session, "after_soft_rollback")
def _forget_waiting(session: Session, _ended: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


def _add(connection: Connection, result: dict[str, Any]) -> None:
    """In one statement, so that no concurrent writer is lost."""
    outcome = COLUMN_OF_OUTCOME.get(result["result"])
    duration, start = result["duration"] or 0.0, result["start_time"]
    span = {"seconds": duration, "start": start, "end": _end(start, duration)}
    values = {"run": result["run_id"], **span, "changed_at": now()}
    labels = {f"of_{name}": result[name] for name in LABELS}
    # Another one, or else the first, unless that came from somebody else meanwhile.
    for statement, more in ((_another(outcome), {}), (_first(outcome), labels), (_another(outcome), {})):
        if connection.execute(statement, values | more).rowcount:
            return


def _end(start: datetime, duration: float) -> datetime:
    try:
        return start + timedelta(seconds=duration)
    except OverflowError:
        return start


_START, _END = bindparam("start", type_=UtcDateTime), bindparam("end", type_=UtcDateTime)
_SECONDS = bindparam("seconds", type_=Float)


_CHANGED = bindparam("changed_at", type_=UtcDateTime)


def _touched(changed: Any = _CHANGED) -> dict[str, Any]:
    """What changes of a run with each change of its results: what was tallied is not what it is any more."""
    return {"is_tallied": False, "changes": Run.changes + 1, "changed": changed}


@cache
def _another(outcome: str | None) -> Update:
    return (
        update(Run)
        .where(Run.id == bindparam("run"), Run.result_count > 0)
        .values(
            {name: getattr(Run, name) + 1 for name in ("result_count", "tests", outcome) if name}
            | _wider()
            | _touched()
        )
    )


@cache
def _first(outcome: str | None) -> Update:
    """The count starts anew, and the labels that a run lacks are those of its first result."""
    return (
        update(Run)
        .where(Run.id == bindparam("run"), Run.result_count == 0)
        .values(
            {"result_count": 1, "tests": 1, "duration": _SECONDS, "first_start": _START, "last_end": _END}
            | {column: int(column == outcome) for column in OUTCOME_COLUMNS}
            | {name: func.coalesce(getattr(Run, name), bindparam(f"of_{name}")) for name in LABELS}
            | _touched()
        )
    )


def lock(run_id: uuid.UUID) -> Run:
    """The run as it is now; nobody else changes its counts before the end of this transaction."""
    statement = select(Run).where(Run.id == run_id).with_for_update(of=Run, key_share=True)
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def keep(run_id: uuid.UUID) -> None:
    """All results of a run are about to go for their age: what they counted is what was reported now."""
    touch(run_id, result_count=0)


def touch(run_id: uuid.UUID, **values: Any) -> None:
    """Results of a run have changed, or gone, in this transaction."""
    db.session.execute(update(Run).where(Run.id == run_id).values(values | _touched(now())))


class Tally:
    """What many new results of one run add to its counts."""

    def __init__(self) -> None:
        self.results = 0
        self._counts = dict.fromkeys(OUTCOME_COLUMNS, 0)
        self._seconds = 0.0
        self._start: datetime | None = None
        self._end: datetime | None = None
        self._labels: dict[str, Any] = {}

    def add(self, result: dict[str, Any]) -> None:
        duration, start = result["duration"] or 0.0, result["start_time"]
        end = _end(start, duration)
        self.results += 1
        self._seconds += duration
        self._start = min(self._start or start, start)
        self._end = max(self._end or end, end)
        self._labels = self._labels or {f"of_{name}": result[name] for name in LABELS}
        if result["result"] in COLUMN_OF_OUTCOME:
            self._counts[COLUMN_OF_OUTCOME[result["result"]]] += 1

    def values(self) -> dict[str, Any]:
        counts = {f"more_{column}": count for column, count in self._counts.items()}
        span = {"seconds": self._seconds, "start": self._start, "end": self._end}
        return {"more": self.results, **counts, **span, **self._labels}


def add_all(run_id: uuid.UUID, tally: Tally) -> None:
    """Count them all in one statement, at once: the row of the run stays locked until the commit."""
    values = {"run": run_id, "changed_at": now(), **tally.values()}
    for statement in (_more(), _all(), _more()) if tally.results else ():
        if db.session.connection().execute(statement, values).rowcount:
            return


@cache
def _more() -> Update:
    counts = {column: getattr(Run, column) + bindparam(f"more_{column}") for column in OUTCOME_COLUMNS}
    more = {name: getattr(Run, name) + bindparam("more") for name in ("result_count", "tests")}
    known = update(Run).where(Run.id == bindparam("run"), Run.result_count > 0)
    return known.values(more | counts | _wider() | _touched())


@cache
def _all() -> Update:
    counts: dict[str, Any] = {column: bindparam(f"more_{column}") for column in OUTCOME_COLUMNS}
    span = {"duration": _SECONDS, "first_start": _START, "last_end": _END}
    labels = {name: func.coalesce(getattr(Run, name), bindparam(f"of_{name}")) for name in LABELS}
    fresh = update(Run).where(Run.id == bindparam("run"), Run.result_count == 0)
    return fresh.values(
        {name: bindparam("more") for name in ("result_count", "tests")} | counts | span | labels | _touched()
    )


def _wider() -> dict[str, Any]:
    return {
        "duration": Run.duration + _SECONDS,
        "first_start": case((Run.first_start > _START, _START), else_=Run.first_start),
        "last_end": case((Run.last_end < _END, _END), else_=Run.last_end),
    }


def recount(run_id: uuid.UUID) -> None:
    """Count all results of a run again, after one was changed; the lock on the run keeps writers in line."""
    run = lock(run_id)
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
    note_change(run)
    db.session.flush()


def note_change(run: Run) -> None:
    """As `touch`, of a run that is locked."""
    run.is_tallied, run.changes, run.changed = False, run.changes + 1, now()


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
