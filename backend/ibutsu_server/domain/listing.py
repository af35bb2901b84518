"""Pages of runs and results, for requests that wait and for background tasks alike."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

from ibutsu_server import filters, pages, totals
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Result, Run

Listed = TypeVar("Listed", Run, Result)


@dataclass(frozen=True)
class Query:
    """What a client asks of a list, as it comes in the URL."""

    filters: list[str] | None = None
    page: int = 1
    page_size: int = 25
    estimate: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def newest(scope: Scope, entity: type[Listed], query: Query) -> pages.Page[Listed]:
    """What matches the filters, newest first; raises Invalid when a filter is needed or wrong."""
    clauses = filters.parse(query.filters)
    scope.require_project(named=filters.names_project(clauses))
    statement = filters.apply(totals.visible(scope, entity, clauses), entity, clauses)
    order = (entity.start_time.desc(), entity.id.desc())
    page: dict[str, Any] = {"order": order, "page": query.page, "page_size": query.page_size}
    total = totals.counted(scope, entity, clauses)
    if totals.is_of_metadata(entity, clauses):
        recent = partial(totals.newest_ids, scope, clauses)
        return pages.search(statement, recent, **page, total=total)
    if totals.is_scattered(entity, clauses):
        return pages.gather(statement, **page, total=total)
    return pages.take(statement, **page, total=total, estimate=query.estimate, may_guess=True)
