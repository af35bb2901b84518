"""A staged report becomes a run with results and artifacts, in many transactions that are each over soon.

What is there already stays as it is, so that a report can be imported again and an attempt repeated.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select

from ibutsu_server.access import Scope, as_uuid_or_none
from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.db.types import JSONObject, now
from ibutsu_server.db.writes import lose_it_rather_than_wait
from ibutsu_server.domain import imports, ingestion, quotas, results, runs, usage
from ibutsu_server.domain.import_stage import Stage
from ibutsu_server.domain.intake import Fate, Intake, Row
from ibutsu_server.domain.metadata import merge
from ibutsu_server.domain.policies import Policy
from ibutsu_server.domain.prefetch import ahead
from ibutsu_server.errors import Conflict, Forbidden, Invalid
from ibutsu_server.importers import report


@dataclass(frozen=True)
class Wanted:
    """What was said with the upload: it wins over what the file says of the run.

    `space` is the id of a run that the file gives none; with `is_run_new` an attempt before has made the run.
    """

    project_id: uuid.UUID | None
    source: str | None
    metadata: JSONObject
    space: uuid.UUID
    created: datetime
    is_run_new: bool
    policy: Policy


class Target(NamedTuple):
    """The run that it becomes, as far as its parts must know it."""

    run_id: uuid.UUID
    run: str
    project_id: uuid.UUID
    start: str
    time: bytes
    """When it was created, as UUIDs say it: milliseconds in six bytes."""


class Found(Enum):
    """Whether the run was there before."""

    NOT = 0
    SAME = 1
    DIFFERENT = 2


class Commit(Protocol):
    def __call__(self, **values: Any) -> None: ...


def store(scope: Scope, wanted: Wanted, stage: Stage, commit: Commit) -> Run:
    """Raises Invalid, Conflict or Forbidden where the run cannot be stored; single results only warn.

    Raises Unavailable while a failed import of the same run is being deleted.

    `commit` is called after each batch with what the import shall tell of itself; counts are right each time.
    """
    project_id = _project(scope, wanted, stage.run)
    if not wanted.is_run_new:
        quotas.require_results(project_id, stage.results.count, default=wanted.policy)
        quotas.require_bytes(project_id, stage.bytes, default=wanted.policy)
    body = _run_body(wanted, stage)
    run, found = _place(scope, project_id, body, may_exist=stage.run.may_exist)
    time = round(run.created.timestamp() * 1000) % 2**48
    target = Target(run.id, str(run.id), project_id, run.start_time.isoformat(), time.to_bytes(6))
    commit(run_id=run.id, project_id=project_id, is_run_new=wanted.is_run_new or found is Found.NOT)
    imports.require_staying(run.id)
    _add_results(target, wanted, stage, commit)
    _add_files(target, stage, commit)
    if found is Found.DIFFERENT:
        _change(scope, run, body, stage)
    return run


def _project(scope: Scope, wanted: Wanted, run: report.Run) -> uuid.UUID:
    """What the uploader named, or else what the file names, in both cases with the uploader's rights."""
    name = wanted.project_id or run.project
    if name is None:
        raise Invalid("Neither the upload nor the file names a project")
    if not isinstance(name, str | uuid.UUID):
        raise Invalid(f"{run.place}: metadata.project must be a name or an id")
    try:
        return scope.project_id(str(name))
    except Invalid:
        raise Invalid(f"Project {name} doesn't exist") from None
    except Forbidden as error:
        raise Forbidden(f"Project {name}: {error.message}") from None


def _run_body(wanted: Wanted, stage: Stage) -> JSONObject:
    said = stage.run.body
    start = said.get("start_time") or said.get("created") or (stage.first or wanted.created).isoformat()
    return {
        **said,
        "id": said.get("id") or str(wanted.space),
        "start_time": start,
        "metadata": merge(said.get("metadata"), wanted.metadata),
        **({"source": wanted.source} if wanted.source else {}),
    }


def _place(scope: Scope, project_id: uuid.UUID, body: JSONObject, *, may_exist: bool) -> tuple[Run, Found]:
    try:
        run, is_same = runs.add(project_id, body, reporter_id=scope.user.id)
    except Conflict:
        found = db.session.get(Run, uuid.UUID(body["id"]))
        if found is None or found.project_id != project_id or not may_exist:
            raise
        return found, Found.DIFFERENT
    return run, Found.SAME if is_same else Found.NOT


def _change(scope: Scope, run: Run, body: JSONObject, stage: Stage) -> None:
    """As if it had been sent once more by the API."""
    try:
        scope.require_change(run)
    except Forbidden:
        stage.warnings.add("The run was reported by somebody else: it got the results and stays as it is")
    else:
        runs.change(run, body, project_id=None)


def _add_results(target: Target, wanted: Wanted, stage: Stage, commit: Commit) -> None:
    """In transactions that are over soon: others report meanwhile.  The next rows are made in a thread."""
    done = 0
    for batch in ahead(_rows(target, wanted, stage)):
        for warning in batch.warnings:
            stage.warnings.add(warning)
        lose_it_rather_than_wait()
        intake = Intake()
        for row, fate in zip(batch.rows, intake.add(batch.rows), strict=True):
            if fate in _UNLIKE:
                stage.warnings.add(f"Result id {row['id']} already exist {_UNLIKE[fate]}")
        intake.finish()
        done += batch.read
        commit(rows_done=done)


_UNLIKE = {
    Fate.CHANGED: "with other content, which stays",
    Fate.ELSEWHERE: "outside of this run; it was left out",
}


class _Batch(NamedTuple):
    rows: list[Row]
    warnings: list[str]
    read: int


def _rows(target: Target, wanted: Wanted, stage: Stage) -> Iterator[_Batch]:
    for staged_rows in stage.results.batches():
        rows, warnings = [], []
        for staged in staged_rows:
            try:
                row = results.from_report(_result_body(target, wanted, staged))
                rows.append({**row, "project_id": target.project_id})
            except Invalid as error:
                warnings.append(f"{staged['place']}: {error.message}; it was left out")
        yield _Batch(rows, warnings, len(staged_rows))


def _result_body(target: Target, wanted: Wanted, staged: JSONObject) -> JSONObject:
    said = staged["body"]
    source = said.get("source") or wanted.source or staged["source"]
    metadata = merge(said.get("metadata"), wanted.metadata) if wanted.metadata else said.get("metadata") or {}
    return {
        **said,
        "id": said.get("id") or str(_named_after(staged["key"], target)),
        "start_time": said.get("start_time") or target.start,
        "metadata": {**metadata, "run": target.run},
        **({"source": source} if source else {}),
    }


def _named_after(key: str, target: Target) -> uuid.UUID:
    """The same in every attempt.  It begins with the time of the run, as in UUIDv7: the ids of a run are
    neighbours in every index.
    """
    digest = hashlib.blake2b(key.encode(), key=target.run_id.bytes, digest_size=10).digest()
    return uuid.UUID(
        bytes=target.time + bytes([0x70 | digest[0] & 0x0F, digest[1], 0x80 | digest[2] & 0x3F]) + digest[3:]
    )


def _add_files(target: Target, stage: Stage, commit: Commit) -> None:
    for batch in stage.files.batches():
        lose_it_rather_than_wait()
        owners = [_owner(staged["key"], target, stage) for staged in batch]
        known = _results_of(target, [owner for owner in owners if owner])
        there = _files_of(target, known)
        rows: dict[uuid.UUID, Row] = {}
        for staged, owner in zip(batch, owners, strict=True):
            row = _file_row(target, owner, staged)
            if owner is not None and owner not in known:
                stage.warnings.add(f"{staged['filename']}: belongs to no result, and was left out")
            elif (owner, row["filename"], row["digest"]) not in there:
                rows.setdefault(row["id"], row)
        known = bulk.insert_new(Artifact, list(rows.values()))
        size = sum(row["size"] for id_, row in rows.items() if id_ not in known)
        ingestion.note(artifacts=len(rows) - len(known), artifact_bytes=size)
        usage.add(target.project_id, artifact_bytes=size, stored_bytes=size)
        commit()


def _owner(key: str | None, target: Target, stage: Stage) -> uuid.UUID | None:
    """The result that a file belongs to; none for the run itself."""
    if key is None:
        return None
    if key in stage.ids:
        return uuid.UUID(stage.ids[key])
    return as_uuid_or_none(key) or _named_after(key, target)


def _file_row(target: Target, result_id: uuid.UUID | None, staged: JSONObject) -> Row:
    told = {name: staged[name] for name in _OF_FILE}
    return {
        "id": uuid.UUID(staged["id"]),
        "project_id": target.project_id,
        "run_id": target.run_id,
        "result_id": result_id,
        "digest": bytes.fromhex(staged["digest"]),
        "upload_date": now(),
        "data": None,
        **told,
    }


_OF_FILE = ("filename", "content_type", "size", "storage_key", "storage_offset")


def _results_of(target: Target, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    of_run = select(Result.id).where(Result.id.in_(ids), Result.run_id == target.run_id)
    return set(db.session.scalars(of_run))


def _files_of(target: Target, result_ids: set[uuid.UUID]) -> set[tuple[uuid.UUID | None, str, bytes]]:
    columns = select(Artifact.result_id, Artifact.filename, Artifact.digest)
    of_run = columns.where(Artifact.run_id == target.run_id, Artifact.result_id.is_(None))
    of_results = columns.where(Artifact.result_id.in_(result_ids))
    found = db.session.execute(of_run.union_all(of_results))
    return {(row.result_id, row.filename, row.digest) for row in found}
