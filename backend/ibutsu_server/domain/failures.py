"""Why tests of a run failed: equal reasons together, beside what became of the tests in the run before."""

import re
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Result, Run
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import earlier_runs
from ibutsu_server.widgets import reasons
from ibutsu_server.widgets.failures import FAILED
from ibutsu_server.widgets.shapes import time

MOST = 10_000
"""So many of the newest failures are looked at."""

GROUPS = 500
"""So many groups are told: messages that name a time or an id are all different."""

SHOWN = 100
"""So many failures of each group are told."""

MOST_BEFORE = 100_000
"""So many results that failed tests have in the run before are looked at, the newest."""

BATCH = 500
"""Failures in memory with all that they say."""

_ADDRESS = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)


class Before(NamedTuple):
    """The run before, if there is one: how tests ended in it, and which of them failed."""

    run_id: uuid.UUID | None
    outcomes: dict[str, str | None]
    failed: set[str]

    def has_not_failed(self, test_id: str | None) -> bool:
        return self.run_id is not None and bool(test_id) and test_id not in self.failed


def of_run(run: Run) -> JSONObject:
    """The groups of a run, the largest first, then those with the newest failure."""
    before = _before(run)
    groups, failures = _grouped(_newest(run.id), before)
    largest = sorted(groups, key=lambda group: -group["count"])[:GROUPS]
    _explain(largest)
    return {
        "failures": failures if failures <= MOST else max(failures, run.failures + run.errors),
        "previous_run_id": str(before.run_id) if before.run_id else None,
        "is_complete": failures <= MOST and len(groups) <= GROUPS,
        "groups": largest,
    }


def _grouped(failures: Iterable[Row[Any]], before: Before) -> tuple[list[JSONObject], int]:
    """The groups, and how many failures were met; what is one too many is in none of them."""
    groups: dict[tuple[str | None, str | None], JSONObject] = {}
    met = 0
    for failure in failures:
        met += 1
        if met <= MOST:
            line = reasons.line(failure)
            key = failure.exception_name, line and _ADDRESS.sub("0x", line)
            if key not in groups:
                groups[key] = _group(failure, line)
            _add(groups[key], failure, before)
    return list(groups.values()), met


def _group(newest: Row[Any], line: str | None) -> JSONObject:
    return {
        "exception_name": newest.exception_name,
        "message": line,
        "reason": None,
        "count": 0,
        "new": 0,
        "results": [],
    }


def _explain(groups: list[JSONObject]) -> None:
    """The reasons are long: only those that are told are kept in memory."""
    newest = {uuid.UUID(group["results"][0]["id"]): group for group in groups}
    said = select(Result.id, *reasons.SAID).where(is_one_of(Result.id, newest))
    for failure in db.session.execute(said):
        newest[failure.id]["reason"] = reasons.reason(failure)


def _add(group: JSONObject, failure: Row[Any], before: Before) -> None:
    is_new = before.has_not_failed(failure.test_id)
    group["count"] += 1
    group["new"] += is_new
    if len(group["results"]) < SHOWN:
        group["results"].append(
            {
                "id": str(failure.id),
                "test_id": failure.test_id,
                "result": failure.result,
                "start_time": time(failure.start_time),
                "duration": failure.duration,
                "classification": failure.classification,
                "previous_result": before.outcomes.get(failure.test_id),
                "is_new": is_new,
            }
        )


def _newest(run_id: uuid.UUID) -> Iterable[Row[Any]]:
    """What they say is long: it is read a batch at a time."""
    columns = Result.id, Result.test_id, Result.result, Result.start_time, Result.duration
    statement = _failures(run_id).with_only_columns(*columns, *reasons.SAID)
    newest = statement.order_by(Result.start_time.desc(), Result.id.desc()).limit(MOST + 1)
    return db.session.execute(newest.execution_options(yield_per=BATCH))


def _before(run: Run) -> Before:
    run_id = earlier_runs.before(run.id)
    before = Before(run_id, {}, set())
    if run_id is not None:
        for test_id, outcome in db.session.execute(_of_tests_that_fail(run.id, run_id)):
            before.outcomes.setdefault(test_id, outcome)
            if outcome in FAILED:
                before.failed.add(test_id)
    return before


def _of_tests_that_fail(run_id: uuid.UUID, earlier_id: uuid.UUID) -> Any:
    """What one run says of the tests that fail in another one, the newest first.

    They are not looked for by the index of tests: it has all of their history.
    """
    tests = _failures(run_id).with_only_columns(Result.test_id)
    return (
        select(Result.test_id, Result.result)
        .where(Result.run_id == earlier_id, func.nullif(Result.test_id, "").in_(tests))
        .order_by(Result.start_time.desc(), Result.id.desc())
        .limit(MOST_BEFORE)
    )


def _failures(run_id: uuid.UUID) -> Select[Any]:
    return select(Result).where(Result.run_id == run_id, Result.result.in_(FAILED))
