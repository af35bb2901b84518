"""Two runs side by side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import AliasChoices, Field
from sqlalchemy import select

from ibutsu_server import totals
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Result
from ibutsu_server.filters.grouping import group_by
from ibutsu_server.widgets import shapes
from ibutsu_server.widgets.conditions import Rows, rows
from ibutsu_server.widgets.parameters import ASKED, Text
from ibutsu_server.widgets.widget import Answer, Widget

PAIRS = 500
"""Pairs in one answer, and results of each run alone."""

RESULTS = 20_000
"""Results of each run that are compared."""

Tests = dict[tuple[str, str], list[Any]]
"""By file and name: id and outcome of each result, in the order in which they started."""


class Side(NamedTuple):
    run: UUID | None
    tests: Tests
    warnings: Sequence[str]


class CompareRunsView(Widget):
    """The tests that ended differently in two runs, and those that only one of them has."""

    id: ClassVar[str] = "compare-runs-view"
    title: ClassVar[str] = "Compare Runs"
    type: ClassVar[str] = "view"

    additional_filters: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = Field(
        None,
        description="Two of them, one for each run: conditions that the run to compare fulfils",
        validation_alias=AliasChoices("additional_filters", "filters"),
        json_schema_extra=ASKED,
    )

    def data(self, scope: Scope) -> Answer:
        """Of each side the newest run with results that fulfil its conditions, and those results alone."""
        if self.additional_filters is None:
            return Answer(_body([], [], []))
        left, right = (_side(scope, text) for text in self.additional_filters)
        warnings = list(dict.fromkeys([*left.warnings, *right.warnings]))
        if left.run is None or right.run is None:
            return Answer(_body([], [], []), warnings)
        if left.run == right.run:
            warnings.append("Both filters find the same run")
        pairs = list(_pairs(left.tests, right.tests))
        alone = _alone(left.tests, right.tests), _alone(right.tests, left.tests)
        whole = _whole(scope, pairs[:PAIRS], *(ids[:PAIRS] for ids in alone))
        warnings += _cut(len(pairs), *map(len, alone))
        return Answer({**_body(*whole), "pagination": {"totalItems": len(pairs)}}, warnings)


def _side(scope: Scope, text: str) -> Side:
    found = rows(scope, Result, texts=[text])
    run = _newest_run(scope, found)
    if run is None:
        return Side(
            None, {}, [*found.warnings, f"No run has results that fulfil {text or 'an empty filter'}"]
        )
    file: Any = group_by(Result, "metadata.fspath")
    statement = (
        found.statement.with_only_columns(Result.id, Result.test_id, file.label("file"), Result.result)
        .where(Result.run_id == run)
        .order_by(Result.start_time, Result.id)
        .limit(RESULTS + 1)
    )
    listed = db.session.execute(statement).all()
    tests: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in listed[:RESULTS]:
        tests[row.file or "", row.test_id or ""].append(row)
    is_cut = len(listed) > RESULTS
    cut = [f"Only the first {RESULTS} results of a run are compared; a filter on each side narrows them down"]
    return Side(run, dict(tests), [*found.warnings, *(cut if is_cut else [])])


def _newest_run(scope: Scope, found: Rows) -> UUID | None:
    """The recent results are looked at first: an index of metadata would find too many."""
    order = Result.start_time.desc(), Result.id.desc()
    statement = found.statement.with_only_columns(Result.run_id).where(Result.run_id.is_not(None))
    newest: UUID | None = None
    if totals.is_of_metadata(Result, found.clauses):
        recent = totals.newest_ids(scope, found.clauses).limit(1).subquery()
        newest = db.session.scalar(select(Result.run_id).join(recent, recent.c.id == Result.id))
    return newest or db.session.scalar(statement.order_by(*order).limit(1))


def _pairs(left: Tests, right: Tests) -> Iterator[tuple[UUID, UUID]]:
    """Each result of the left with the first of the same test on the right that ended differently."""
    for test in sorted(left.keys() & right.keys()):
        firsts: dict[str | None, UUID] = {}
        for row in right[test]:
            firsts.setdefault(row.result, row.id)
        for row in left[test]:
            other = next((id_ for outcome, id_ in firsts.items() if outcome != row.result), None)
            if other is not None:
                yield row.id, other


def _alone(one: Tests, other: Tests) -> list[UUID]:
    return [row.id for test in sorted(one.keys() - other.keys()) for row in one[test]]


def _whole(
    scope: Scope, pairs: Sequence[tuple[UUID, UUID]], left: Iterable[UUID], right: Iterable[UUID]
) -> tuple[list[Any], list[Any], list[Any]]:
    """The results themselves in place of their ids, but for those that were deleted in between."""
    ids = [id_ for pair in pairs for id_ in pair] + [*left, *right]
    stored = scope.select(Result).with_only_columns(*shapes.RESULT).where(is_one_of(Result.id, ids))
    whole = {row.id: shapes.result(row) for row in db.session.execute(stored)}
    return (
        [[whole[one], whole[other]] for one, other in pairs if one in whole and other in whole],
        [whole[id_] for id_ in left if id_ in whole],
        [whole[id_] for id_ in right if id_ in whole],
    )


def _body(pairs: list[Any], left: list[Any], right: list[Any]) -> dict[str, Any]:
    return {
        "results": pairs,
        "only": {"left": left, "right": right},
        "pagination": {"totalItems": len(pairs)},
    }


def _cut(pairs: int, left: int, right: int) -> Iterator[str]:
    counts = (
        (pairs, "tests that ended differently"),
        (left, "results that only the left run has"),
        (right, "results that only the right run has"),
    )
    for count, what in counts:
        if count > PAIRS:
            yield f"Only {PAIRS} of {count} {what} are shown; a filter on each side narrows them down"
