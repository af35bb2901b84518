"""The orders that lists of runs and results come in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Text, case, cast

from ibutsu_server.db.models import Run
from ibutsu_server.db.writes import dialect
from ibutsu_server.errors import Invalid
from ibutsu_server.filters import Clause
from ibutsu_server.filters.grammar import shown
from ibutsu_server.pages import Order

_OF_RUNS = ("start_time", "duration", "tests", "failures", "errors", "skips", "pass_percent")
_OF_RESULTS = ("start_time", "test_id", "result", "duration")


class Sort(NamedTuple):
    """A field, and whether its greatest values come first."""

    field: str
    is_descending: bool

    @property
    def is_by_time(self) -> bool:
        """There are indexes of this order alone."""
        return self.field == "start_time"


NEWEST_FIRST = Sort("start_time", is_descending=True)


def read(entity: type[Any], text: str | None, clauses: Sequence[Clause]) -> Sort:
    """What `sort` asks for in a list with these filters; raises Invalid for what no list can be sorted by."""
    if not text:
        return NEWEST_FIRST
    field = text.removeprefix("-")
    known = _OF_RUNS if entity is Run else _OF_RESULTS
    if field not in known:
        told = f"known are {', '.join(known)}, with - before it for the greatest first"
        raise Invalid(f"Unknown sort '{shown(text)}': {told}", field="sort")
    if entity is not Run and field != "start_time" and not _names_run(clauses):
        raise Invalid(
            f"Results can be sorted by {field} only within one run, because of all of a project there can be "
            "too many: name the run in a filter, as in run_id=…, or sort by start_time",
            field="sort",
        )
    return Sort(field, is_descending=text.startswith("-"))


def order(entity: type[Any], sort: Sort) -> Order:
    """Rows without a value last; those with the same one by their ids, in the same direction."""
    if sort.is_by_time:
        columns = (entity.start_time, entity.id)
        return tuple(column.desc() if sort.is_descending else column.asc() for column in columns)
    value = _value(entity, sort.field)
    if sort.is_descending:
        return value.desc().nulls_last(), entity.id.desc()
    return value.asc().nulls_last(), entity.id.asc()


def _names_run(clauses: Sequence[Clause]) -> bool:
    return any((clause.field, clause.operator) == ("run_id", "=") for clause in clauses)


def _value(entity: type[Any], field: str) -> ColumnElement[Any]:
    """An expression and no column: along an index of the whole project one run's results are far apart."""
    if field == "pass_percent":
        return case((Run.tests > 0, 100 * cast(Run.passes, Float()) / Run.tests))
    column: Any = getattr(entity, field)
    value = case((column.is_not(None), column))
    is_text = isinstance(column.type, Text)
    return value.collate("C") if is_text and dialect() == "postgresql" else value
