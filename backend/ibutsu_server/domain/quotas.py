"""How much a project may have: asked before anything is stored."""

import threading
import uuid
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, or_, select

from ibutsu_server.access import as_uuid
from ibutsu_server.db import db
from ibutsu_server.db.models import Project, ProjectPolicy
from ibutsu_server.domain import usage
from ibutsu_server.domain.policies import QUOTAS, Policy
from ibutsu_server.errors import QuotaExceeded, TooLarge

KNOWN_SECONDS = 10
"""So long a process goes by what it knows: nobody pays a statement for quotas that nobody has set."""

FULL_SECONDS = 1
"""So long a project that was found full is taken to be, however often somebody tries."""

KIBIBYTE = 1024
UNITS = ("KiB", "MiB", "GiB", "TiB")


Row = tuple[Any, uuid.UUID | str | None]

_WAY_OUT = "delete what is not needed any more, or ask an administrator for a larger quota"


@dataclass
class _Count:
    """How many results a project had when they were counted last, and how many this process let in since."""

    results: int
    at: float
    more: int = 0


@dataclass
class _Known:
    """What this process knows of the projects of one database."""

    read: float
    of_projects: dict[uuid.UUID, dict[str, Any]]
    counts: dict[uuid.UUID, _Count] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_counting = threading.Lock()


def forget() -> None:
    """Ask the database again: a quota has changed."""
    _known.pop(db.engine, None)


def require_bytes(
    project_id: uuid.UUID | None,
    size: int,
    *,
    default: Policy,
    stored_as: Row | None = None,
    field: str = "file",
) -> None:
    """Raises TooLarge for a file that would never fit, QuotaExceeded for one that does not fit now.

    `stored_as` names the row of a file that may be there already: sending it again is no harm.
    """
    limit = _policy(project_id, default).max_bytes
    if project_id is None or limit is None:
        return
    if size > limit:
        raise TooLarge(
            f"The file has {told(size)}, and the quota of the whole project is {told(limit)}", field=field
        )
    stored = usage.stored_bytes(project_id)
    if stored + size > limit and not _is_there(stored_as):
        raise QuotaExceeded(
            f"Project {_name(project_id)} stores {told(stored)} of {told(limit)}, and {told(size)} more do "
            f"not fit: {_WAY_OUT}"
        )


def require_results(
    project_id: uuid.UUID, count: int, *, default: Policy, stored_as: Row | None = None
) -> None:
    """Raises QuotaExceeded where there is no room for so many more results."""
    limit = _policy(project_id, default).max_results
    if limit is None or _has_room(project_id, count, limit) or _is_there(stored_as):
        return
    stored = usage.stored_results(project_id)
    raise QuotaExceeded(
        f"Project {_name(project_id)} has {stored} of {limit} results, and {count} more do not fit: "
        f"{_WAY_OUT}"
    )


def _policy(project_id: uuid.UUID | None, default: Policy) -> Policy:
    known = _current()
    said = known.of_projects.get(project_id) if project_id else None
    return default.overlaid(said) if said else default


def _current() -> _Known:
    known = _known.get(db.engine)
    if known is None or monotonic() - known.read > KNOWN_SECONDS:
        is_set = or_(*(getattr(ProjectPolicy, name).is_not(None) for name in QUOTAS))
        columns = [getattr(ProjectPolicy, name) for name in QUOTAS]
        rows = db.session.execute(select(ProjectPolicy.project_id, *columns).where(is_set)).all()
        known = _Known(
            monotonic(),
            {row[0]: dict(zip(QUOTAS, row[1:], strict=True)) for row in rows},
            known.counts if known else {},
        )
        _known[db.engine] = known
    return known


def _has_room(project_id: uuid.UUID, count: int, limit: int) -> bool:
    """By the last count and what came since; it is counted again before anybody is refused."""
    counts = _current().counts
    with _counting:
        known = counts.get(project_id)
        if known is not None and monotonic() - known.at < KNOWN_SECONDS:
            if known.results + known.more + count <= limit:
                known.more += count
                return True
            if known.results + count > limit and monotonic() - known.at < FULL_SECONDS:
                return False
    results = usage.stored_results(project_id)
    counts[project_id] = _Count(results, monotonic(), count)
    return results + count <= limit


def _is_there(stored_as: Row | None) -> bool:
    entity, id_ = stored_as or (None, None)
    if entity is None or id_ is None:
        return False
    return db.session.scalar(select(entity.id).where(entity.id == as_uuid(id_))) is not None


def _name(project_id: uuid.UUID) -> str:
    return str(db.session.scalar(select(Project.name).where(Project.id == project_id)))


def told(size: int) -> str:
    """Bytes as people say them, in whole bytes where there are few."""
    if size < KIBIBYTE:
        return f"{size} bytes"
    power = min((size.bit_length() - 1) // 10, len(UNITS))
    return f"{size / KIBIBYTE**power:.1f} {UNITS[power - 1]}"
