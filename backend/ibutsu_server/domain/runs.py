"""Runs: what happens when a client reports, changes, moves or deletes one."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import counts, ingestion, tallying, tests, usage
from ibutsu_server.domain.deletion import claim, delete_in_batches
from ibutsu_server.domain.metadata import fingerprint, merge, text_of
from ibutsu_server.errors import Conflict


def add(project_id: uuid.UUID, body: JSONObject, *, reporter_id: uuid.UUID | None = None) -> tuple[Run, bool]:
    """Store a run as reported; the second value tells that it was there already.

    Raises Conflict when something else has its id.
    """
    run = _from_report(project_id, body)
    run.reporter_id = reporter_id
    if insert_new(Run, {column.key: getattr(run, column.key) for column in Run.__mapper__.column_attrs}):
        ingestion.note(runs=1)
        return run, False
    existing = db.session.execute(
        select(Run, Run.fingerprint).where(Run.id == run.id, Run.project_id == project_id)
    ).one_or_none()
    if existing is None or existing.fingerprint != run.fingerprint:
        raise Conflict(f"Run id {run.id} already exist", field="id")
    return existing[0], True


def _from_report(project_id: uuid.UUID, body: JSONObject) -> Run:
    metadata = body["metadata"]
    received = now()
    run = Run(
        id=uuid.UUID(body["id"]) if body.get("id") else new_id(),
        project_id=project_id,
        created=read_time(body.get("created")) or received,
        start_time=read_time(body.get("start_time")) or received,
        duration=body.get("duration"),
        source=body.get("source"),
        component=text_of(metadata, "component") or body.get("component"),
        env=text_of(metadata, "env") or body.get("env"),
        data=metadata,
        result_count=0,
        is_kept=False,
        is_tallied=False,
        changes=0,
        fingerprint=fingerprint(body),
    )
    counts.report(run, body.get("summary") or {})
    return run


def change(run: Run, body: JSONObject, *, project_id: uuid.UUID | None) -> None:
    """Apply a partial update; `project_id` is where it shall go, if anywhere else.

    The tables see to it that a run takes its results and their artifacts along.
    """
    if body.get("metadata"):
        run.data = merge(run.data, body["metadata"])
    for field in ("source", "component", "env"):
        if field in body and (body[field] is not None or field not in _KEPT_WHEN_NULL):
            setattr(run, field, body[field])
    run.start_time = read_time(body.get("start_time")) or run.start_time
    if body.get("duration") is not None and not run.result_count:
        run.duration = body["duration"]
    if body.get("summary") is not None:
        counts.report(run, body["summary"])
    if body.get("is_kept") is not None:
        run.is_kept = body["is_kept"]
    old, run.project_id = run.project_id, project_id or run.project_id
    if run.project_id != old:
        counts.note_change(run)
    db.session.flush()
    if run.project_id != old:
        tallying.leave(run.id)
        tests.saw_run(run.project_id, run.id)
        usage.move(old, run.project_id, _bytes(run.id))


def _bytes(run_id: uuid.UUID) -> int:
    """The moved run is locked: nobody adds to it now."""
    return int(db.session.scalar(select(func.sum(Artifact.size)).where(Artifact.run_id == run_id)) or 0)


def remove(run: Run) -> None:
    """Delete a run with its results; the bytes of their artifacts follow with the next clean-up."""
    claim(run)
    usage.add(run.project_id, month=run.start_time, removed_results=run.result_count)
    for _ in take_apart(run.id):
        pass
    db.session.delete(run)
    db.session.flush()


def take_apart(run_id: uuid.UUID) -> Iterator[int]:
    """Delete what is in a run, however much that is: yields after each batch."""
    yield from delete_in_batches(Artifact, Artifact.run_id == run_id)
    for count in delete_in_batches(Result, Result.run_id == run_id):
        counts.touch(run_id)
        yield count


_KEPT_WHEN_NULL = {"component", "env"}
"""The pytest plugin repeats these as null with every update: it only means that it does not know them."""


@lru_cache(maxsize=1024)
def read_time(text: str | None) -> datetime | None:
    """ISO 8601 as clients send it; without an offset it means UTC."""
    if text is None:
        return None
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
