"""Putting right what may have gone wrong: all of it can be done again at any time."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.domain import counts

BATCH = 500


def update_run(run_id: UUID) -> None:
    """Count the results of a run again; without any it keeps what its client said."""
    has_results = select(Result.id).where(Result.run_id == run_id).limit(1)
    if db.session.scalar(has_results) is not None:
        counts.recount(run_id)


def sync_runs(started_within: timedelta) -> None:
    """Count the results of recent runs again where their number is wrong."""
    stored = (
        select(func.count()).select_from(Result).where(Result.run_id == Run.id).correlate(Run)
    ).scalar_subquery()
    wrong = select(Run.id).where(Run.start_time > now() - started_within, Run.result_count != stored)
    for run_id in db.session.scalars(wrong).all():
        counts.recount(run_id)
        db.session.commit()


def add_start_times(run_id: UUID) -> None:
    """Copy `starttime` in the metadata of old clients' results to `start_time`, where there is none."""
    results = select(Result).where(Result.run_id == run_id).options(defer(Result.params)).order_by(Result.id)
    batch = db.session.scalars(results.limit(BATCH)).all()
    while batch:
        for result in batch:
            metadata = result.data or {}
            if "starttime" in metadata and metadata.get("start_time") is None:
                result.data = {**metadata, "start_time": metadata["starttime"]}
        last = batch[-1].id
        counts.touch(run_id)
        db.session.commit()
        db.session.expunge_all()
        batch = db.session.scalars(results.where(Result.id > last).limit(BATCH)).all()
