"""Tests by runs: where each of them passed and failed."""

import uuid
from itertools import groupby
from operator import attrgetter
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import CTE, Row, Select, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.filters.grouping import by_code_points
from ibutsu_server.widgets.failures import FAILED
from ibutsu_server.widgets.last_results import last_results, that_fit
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_runs import recent_runs, told
from ibutsu_server.widgets.widget import Answer, Widget

RUNS = 30
TESTS = 100


class TestHistoryMatrix(Widget):
    """How tests ended in each of the newest runs. Only tests that did not always pass are shown, those \
that failed in some runs and not in others first.
    """

    id: ClassVar[str] = "test-history-matrix"
    title: ClassVar[str] = "Test History Matrix"

    runs: int = Field(10, ge=2, le=RUNS, description="How many of the newest runs")
    tests: int = Field(50, ge=1, le=TESTS, description="How many tests")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        recent = that_fit(
            recent_runs(
                scope, project=self.project, additional_filters=self.additional_filters, count=self.runs
            )
        )
        ids = [run.id for run in reversed(recent.runs)]
        found = db.session.execute(self._statement(last_results(ids))).all() if ids else []
        total = found[0].total if found else 0
        body = {
            "runs": [told(run) for run in reversed(recent.runs)],
            "tests": [_row(list(of_test), ids) for _, of_test in groupby(found, attrgetter("test_id"))],
            "total": total,
        }
        return Answer(body, [*recent.warnings, *self._warnings(total)])

    def _statement(self, last: CTE) -> Select[Any]:
        """The cells of the most interesting tests."""
        results, failures = func.count(), func.count().filter(last.c.result.in_(FAILED))
        has_changed = failures.between(1, results - 1)
        rows = (
            select(last.c.test_id, func.count().over().label("total"))
            .add_columns(failures.label("failures"), has_changed.label("has_changed"))
            .group_by(last.c.test_id)
            .having(func.count().filter(last.c.result == "passed") < results)
            .order_by(has_changed.desc(), failures.desc(), by_code_points(last.c.test_id))
            .limit(self.tests)
            .subquery()
        )
        return (
            select(rows, last.c.run_id, last.c.id, last.c.result)
            .join(last, last.c.test_id == rows.c.test_id)
            .order_by(rows.c.has_changed.desc(), rows.c.failures.desc(), by_code_points(rows.c.test_id))
        )

    def _warnings(self, total: int) -> list[str]:
        if total <= self.tests:
            return []
        return [f"Only {self.tests} of {total} tests that did not always pass are shown"]


def _row(results: list[Row[Any]], run_ids: list[uuid.UUID]) -> dict[str, Any]:
    cells = {row.run_id: {"result": row.result, "result_id": str(row.id)} for row in results}
    first = results[0]
    return {
        "test_id": first.test_id,
        "has_changed": bool(first.has_changed),
        "failures": first.failures,
        "cells": [cells.get(id_) for id_ in run_ids],
    }
