"""The audit log over HTTP: to be read, and nothing else."""

from ibutsu_server import filters, pages, serialize, totals
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import AuditEntry


def get_audit_list(
    filter_: list[str] | None = None, estimate: bool = False, page: int = 1, page_size: int = 25
) -> JSON:
    clauses = filters.parse(filter_)
    statement = filters.apply(totals.visible(scope("owner"), AuditEntry, clauses), AuditEntry, clauses)
    order = (AuditEntry.time.desc(), AuditEntry.id.desc())
    found = pages.take(statement, order=order, page=page, page_size=page_size, estimate=estimate)
    return serialize.page("entries", found, serialize.audit_entry)
