"""Old things of one project, deleted in small batches from the oldest on, each committed by itself.

Runs that are marked to be kept stay, with their results and artifacts.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, tuple_

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.domain import counts, deletion, runs, usage
from ibutsu_server.domain.imports import UNFINISHED
from ibutsu_server.storage import Storage

BATCH = 500

Batch = Sequence[Any]


def artifacts(project_id: uuid.UUID, before: datetime) -> int:
    """Those that were uploaded before; their bytes go with the next clean-up."""
    gone = 0
    old = _is_of(Artifact, project_id), is_not_kept(Artifact, project_id)
    for batch in _batches(Artifact, Artifact.upload_date, before, *old):
        gone += deletion.delete_rows(Artifact, Artifact.id.in_([row.id for row in batch]), *old)
        db.session.commit()
    return gone


def results(project_id: uuid.UUID, before: datetime) -> int:
    """Those that started before, with their artifacts."""
    gone = 0
    old = _is_of(Result, project_id), is_not_kept(Result, project_id)
    for batch in _batches(Result, Result.start_time, before, *old, more=(Result.run_id,)):
        gone += _forget_results(batch, before)
        db.session.commit()
    return gone


def of_runs(project_id: uuid.UUID, before: datetime) -> int:
    """Runs that started before, with their results and artifacts."""
    gone = 0
    for batch in _batches(Run, Run.start_time, before, _is_of(Run, project_id), ~Run.is_kept):
        for row in batch:
            gone += _take_apart(row.id)
    return gone


def imports(storage: Storage, project_id: uuid.UUID | None, before: datetime) -> int:
    """Those that were uploaded before and are over, with their files; the runs that they made stay."""
    gone = 0
    is_over = Import.status.not_in(UNFINISHED), or_(Import.status == "done", ~Import.is_run_new)
    old = _is_of(Import, project_id), *is_over
    for batch in _batches(Import, Import.created, before, *old, more=(Import.storage_key,)):
        ids = [row.id for row in batch]
        gone += deletion.delete_rows(Import, Import.id.in_(ids), *is_over)  # unless it is tried again
        left = set(db.session.scalars(select(Import.id).where(Import.id.in_(ids))))
        db.session.commit()
        storage.delete([row.storage_key for row in batch if row.storage_key and row.id not in left])
    return gone


def _is_of(entity: Any, project_id: uuid.UUID | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (
        entity.project_id.is_(None) if project_id is None else entity.project_id == project_id
    )
    return found


def is_not_kept(entity: Any, project_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether the run of a result or an artifact is not one of the few that are kept for ever."""
    kept = select(Run.id).where(Run.project_id == project_id, Run.is_kept)
    return or_(entity.run_id.is_(None), entity.run_id.not_in(kept))


def _batches(
    entity: Any, age: Any, before: datetime, *conditions: ColumnElement[bool], more: Sequence[Any] = ()
) -> Iterator[Batch]:
    """The oldest first, each batch from where the last one ended: what stays is passed by only once."""
    oldest = select(entity.id, age.label("age"), *more).where(age < before, *conditions)
    oldest = oldest.order_by(age, entity.id).limit(BATCH)
    batch = db.session.execute(oldest).all()
    while batch:
        yield batch
        last = tuple_(age, entity.id) > (batch[-1].age, batch[-1].id)
        batch = db.session.execute(oldest.where(last)).all()


def _forget_results(batch: Batch, before: datetime) -> int:
    """The rows of their runs are locked first, as by everybody else who deletes results."""
    found = _locked_runs({row.run_id for row in batch if row.run_id})
    kept = {run.id for run in found if run.is_kept}
    gone = _locked([row.id for row in batch if row.run_id not in kept])
    ids = [row.id for row in gone]
    deletion.delete_rows(Artifact, Artifact.result_id.in_(ids))
    deletion.delete_rows(Result, Result.id.in_(ids))
    for run in found:
        had = run.result_count
        has = _count_without(run, [row for row in gone if row.run_id == run.id], before)
        usage.add(run.project_id, month=run.start_time, removed_results=had - has)
    for row in gone:
        if row.run_id is None:
            usage.add(row.project_id, month=row.start_time, removed_results=1)
    return len(ids)


def _locked_runs(ids: set[uuid.UUID]) -> Sequence[Run]:
    """As `counts.lock`, but those that are there still: somebody may have deleted one meanwhile."""
    statement = select(Run).where(Run.id.in_(ids)).order_by(Run.id).with_for_update(of=Run, key_share=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _locked(ids: list[uuid.UUID]) -> Batch:
    """Nobody attaches an artifact to them any more."""
    columns = Result.id, Result.project_id, Result.run_id, Result.start_time, Result.result, Result.duration
    return db.session.execute(select(*columns).where(Result.id.in_(ids)).with_for_update()).all()


def _count_without(run: Run, gone: Batch, before: datetime) -> int:
    """Returns how many results the run has now.

    One that loses all of its results keeps its counts, one that loses some has those of the others: they are
    counted again when the last old one is gone, not with every batch.
    """
    if not gone:
        return run.result_count
    if not _has(run, Result.start_time >= before):
        counts.keep(run.id)
        return 0
    if _has(run, Result.start_time < before) and run.result_count > len(gone):
        _subtract(run, gone)
    else:
        counts.recount(run.id)
    return run.result_count


def _has(run: Run, condition: ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(select(exists().where(Result.run_id == run.id, condition))))


def _subtract(run: Run, gone: Batch) -> None:
    run.tests -= len(gone)
    run.result_count -= len(gone)
    run.duration = max((run.duration or 0.0) - sum(row.duration or 0.0 for row in gone), 0.0)
    for outcome, count in Counter(row.result for row in gone).items():
        column = counts.COLUMN_OF_OUTCOME.get(outcome)
        if column:
            setattr(run, column, getattr(run, column) - count)
    counts.note_change(run)
    db.session.flush()


def _take_apart(run_id: uuid.UUID) -> int:
    """Several transactions where it has many results; 0 where it is kept, or gone already."""
    while (is_gone := _shrink(run_id)) is False:
        db.session.commit()
    db.session.commit()
    return int(bool(is_gone))


def _shrink(run_id: uuid.UUID) -> bool | None:
    """Nobody adds to a run while it is locked; None where nothing is to be done."""
    columns = Run.project_id, Run.start_time, Run.result_count
    mine = select(*columns).where(Run.id == run_id, ~Run.is_kept).with_for_update()
    run = db.session.execute(mine).one_or_none()
    if run is None:
        return None
    usage.add(run.project_id, month=run.start_time, removed_results=run.result_count)
    for count in runs.take_apart(run_id):
        if count == deletion.SIZE:
            counts.keep(run_id)
            return False
    return bool(deletion.delete_rows(Run, Run.id == run_id))
