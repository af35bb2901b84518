"""Pages of runs and results, for requests that wait and for background tasks alike."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

from ibutsu_server import filters, pages, totals
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Result, Run
from ibutsu_server.domain import sorting
from ibutsu_server.domain.sorting import NEWEST_FIRST

Listed = TypeVar("Listed", Run, Result)


@dataclass(frozen=True)
class Query:
    """What a client asks of a list, as it comes in the URL."""

    filters: list[str] | None = None
    page: int = 1
    page_size: int = 25
    estimate: bool = False
    sort: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def newest(scope: Scope, entity: type[Listed], query: Query) -> pages.Page[Listed]:
    """What matches the filters, newest first where no other order is asked for.

    Raises Invalid when a filter is needed or wrong, or the order unknown.
    """
    clauses = filters.parse(query.filters)
    sort = sorting.read(entity, query.sort, clauses)
    scope.require_project(named=filters.names_project(clauses))
    statement = filters.apply(totals.visible(scope, entity, clauses), entity, clauses)
    page: dict[str, Any] = {"order": sorting.order(entity, sort), "page": query.page}
    page |= {"page_size": query.page_size, "total": totals.counted(scope, entity, clauses)}
    if sort == NEWEST_FIRST and totals.is_of_metadata(entity, clauses):
        recent = partial(totals.newest_ids, scope, clauses)
        return pages.search(statement, recent, **page)
    if sort.is_by_time and totals.is_scattered(entity, clauses):
        return pages.gather(statement, **page)
    return pages.take(statement, **page, estimate=query.estimate, may_guess=True)


def require_order(entity: type[Any], query: Query) -> None:
    """Raises Invalid where the order is one that `newest` would refuse."""
    sorting.read(entity, query.sort, filters.parse(query.filters))
