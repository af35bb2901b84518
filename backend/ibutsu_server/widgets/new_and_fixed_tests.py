"""What changed in the last run."""

import uuid
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import CTE, ColumnElement, Row, Select, Text, case, cast, func, literal, select, union_all

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.filters.grouping import by_code_points
from ibutsu_server.widgets.failures import FAILED
from ibutsu_server.widgets.last_results import last_results, that_fit
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_runs import recent_runs, told
from ibutsu_server.widgets.widget import Answer, Widget

TESTS = 200
KINDS = ("newly_failing", "fixed", "still_failing", "new", "missing")


class NewAndFixedTests(Widget):
    """What changed between the last two runs: tests that began to fail (failed or error), were fixed \
(passed again), are new or are missing.
    """

    id: ClassVar[str] = "new-and-fixed-tests"
    title: ClassVar[str] = "New and Fixed Tests"

    tests: int = Field(25, ge=1, le=TESTS, description="How many tests each list names")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        recent = that_fit(
            recent_runs(scope, project=self.project, additional_filters=self.additional_filters, count=2)
        )
        runs = [*map(told, recent.runs), None, None]
        ids = [run.id for run in recent.runs]
        found = db.session.execute(self._statement(*ids)).all() if len(ids) > 1 else []
        lists = {kind: [row for row in found if row.kind == kind] for kind in KINDS}
        body = {
            "run": runs[0],
            "previous": runs[1],
            "totals": {kind: rows[0].total if rows else 0 for kind, rows in lists.items()},
            **{kind: [_entry(row) for row in rows] for kind, rows in lists.items()},
        }
        return Answer(body, recent.warnings)

    def _statement(self, now: uuid.UUID, before: uuid.UUID) -> Select[Any]:
        tests = _both(last_results([now, before]), now, before)
        lists = [self._list(tests, kind, condition).subquery() for kind, condition in _kinds(tests).items()]
        found = union_all(*(select(one) for one in lists)).subquery()
        return select(found).order_by(by_code_points(found.c.test_id))

    def _list(self, tests: CTE, kind: str, condition: ColumnElement[bool]) -> Select[Any]:
        return (
            select(tests, literal(kind, Text()).label("kind"), func.count().over().label("total"))
            .where(condition)
            .order_by(by_code_points(tests.c.test_id))
            .limit(self.tests)
        )


def _both(last: CTE, now: uuid.UUID, before: uuid.UUID) -> CTE:
    """One row for each test of the two runs; no id where a run does not have it."""
    columns = {
        f"{name}_{column.key}": func.max(case((last.c.run_id == run, cast(column, Text()))))
        for name, run in (("now", now), ("before", before))
        for column in (last.c.id, last.c.result)
    }
    labelled = [column.label(name) for name, column in columns.items()]
    return select(last.c.test_id, *labelled).group_by(last.c.test_id).cte("both")


def _kinds(tests: CTE) -> dict[str, ColumnElement[bool]]:
    of = tests.c
    fails, failed = (func.coalesce(result.in_(FAILED), False) for result in (of.now_result, of.before_result))
    return {
        "newly_failing": fails & ~failed,
        "fixed": (of.now_result == "passed") & failed,
        "still_failing": fails & failed,
        "new": of.before_id.is_(None),
        "missing": of.now_id.is_(None),
    }


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {
        "test_id": row.test_id,
        "now": _outcome(row.now_result, row.now_id),
        "before": _outcome(row.before_result, row.before_id),
    }


def _outcome(result: str | None, id_: str | None) -> dict[str, Any] | None:
    return {"result": result, "result_id": str(uuid.UUID(id_))} if id_ else None
