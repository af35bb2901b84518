"""What a policy would delete from a project now, counted without deleting anything."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, literal, null, or_, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.domain.imports import UNFINISHED
from ibutsu_server.domain.policies import Policy
from ibutsu_server.domain.retention_batches import is_not_kept


@dataclass(frozen=True)
class Doomed:
    """How many of one kind would go, how many bytes they have, and from when the oldest is."""

    count: int
    bytes: int
    oldest: datetime | None


NONE = Doomed(0, 0, None)
NO_BYTES: Any = literal(0)


class Preview(NamedTuple):
    imports: Doomed
    artifacts: Doomed
    results: Doomed
    runs: Doomed


class _Ends(NamedTuple):
    """Before when things go; None where they stay."""

    imports: datetime | None
    artifacts: datetime | None
    results: datetime | None
    runs: datetime | None


def of(project_id: uuid.UUID, policy: Policy) -> Preview:
    """Things that go with what they depend on are among their kind; each is counted once."""
    today = now()
    days = (
        policy.keep_imports_days,
        policy.keep_artifacts_days,
        policy.keep_results_days,
        policy.keep_runs_days,
    )
    ends = _Ends(*(today - timedelta(days=age) if age else None for age in days))
    return Preview(
        imports=_imports(project_id, ends.imports),
        artifacts=_artifacts(project_id, ends),
        results=_results(project_id, ends),
        runs=_runs(project_id, ends.runs),
    )


def _imports(project_id: uuid.UUID, before: datetime | None) -> Doomed:
    if before is None:
        return NONE
    old = Import.project_id == project_id, Import.created < before, Import.status.not_in(UNFINISHED)
    size = func.sum(Import.size).filter(Import.storage_key.is_not(None))
    return _found(select(func.count(), size, func.min(Import.created)).where(*old))


def _runs(project_id: uuid.UUID, before: datetime | None) -> Doomed:
    if before is None:
        return NONE
    return _found(
        select(func.count(), NO_BYTES, func.min(Run.start_time)).where(_is_doomed(project_id, before))
    )


def _is_doomed(project_id: uuid.UUID, before: datetime) -> ColumnElement[bool]:
    return and_(Run.project_id == project_id, Run.start_time < before, ~Run.is_kept)


def _results(project_id: uuid.UUID, ends: _Ends) -> Doomed:
    """Those that are old, and the others of old runs."""
    old = _older(Result, Result.start_time, project_id, ends.results)
    if ends.runs is None:
        return old
    of_runs = select(func.count(), NO_BYTES, func.min(Result.start_time)).join(Run, Result.run_id == Run.id)
    young = Result.start_time >= ends.results if ends.results else Result.start_time.is_not(None)
    return _joined(old, _found(of_runs.where(_is_doomed(project_id, ends.runs), young)))


def _artifacts(project_id: uuid.UUID, ends: _Ends) -> Doomed:
    """Those that are old, and the others of old results and runs."""
    old = _older(Artifact, Artifact.upload_date, project_id, ends.artifacts, size=func.sum(Artifact.size))
    if ends.results is None and ends.runs is None:
        return old
    others = (
        select(func.count(), func.sum(Artifact.size), func.min(Artifact.upload_date))
        .outerjoin(Result, Artifact.result_id == Result.id)
        .outerjoin(Run, Artifact.run_id == Run.id)
        .where(Artifact.project_id == project_id, Run.is_kept.is_not(True))
        .where(
            or_(
                Result.start_time < ends.results if ends.results else false(),
                Run.start_time < ends.runs if ends.runs else false(),
            )
        )
    )
    young = Artifact.upload_date >= ends.artifacts if ends.artifacts else Artifact.id.is_not(None)
    return _joined(old, _found(others.where(young)))


def _older(
    entity: Any, age: Any, project_id: uuid.UUID, before: datetime | None, *, size: Any = NO_BYTES
) -> Doomed:
    """All of them less those of kept runs: both are counted in indexes alone."""
    if before is None:
        return NONE
    everything = _found(
        select(func.count(), size, null()).where(entity.project_id == project_id, age < before)
    )
    runs = select(Run.id).where(Run.project_id == project_id, Run.is_kept)
    kept = _found(select(func.count(), size, null()).where(entity.run_id.in_(runs), age < before))
    oldest = select(age).where(entity.project_id == project_id, age < before, is_not_kept(entity, project_id))
    first = db.session.scalar(oldest.order_by(age, entity.id).limit(1))
    return Doomed(everything.count - kept.count, everything.bytes - kept.bytes, first)


def _found(statement: Any) -> Doomed:
    count, size, oldest = db.session.execute(statement).one()
    return Doomed(count, int(size or 0), oldest)


def _joined(one: Doomed, other: Doomed) -> Doomed:
    known = [oldest for oldest in (one.oldest, other.oldest) if oldest is not None]
    return Doomed(one.count + other.count, one.bytes + other.bytes, min(known, default=None))
