"""A staged report becomes a run with results and artifacts, all in one transaction.

What is there already stays as it is, so that a report can be imported again and an attempt repeated.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.db.types import JSONObject, now
from ibutsu_server.db.writes import insert
from ibutsu_server.domain import counts, results, runs, tests
from ibutsu_server.domain.import_stage import Stage
from ibutsu_server.domain.metadata import merge
from ibutsu_server.errors import Conflict, Forbidden, Invalid
from ibutsu_server.importers import report

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What was said with the upload: it wins over what the file says of the run.

    `space` is the id of a run that the file gives none.
    """

    project_id: uuid.UUID | None
    source: str | None
    metadata: JSONObject
    space: uuid.UUID
    created: datetime


def store(scope: Scope, wanted: Wanted, stage: Stage) -> Run:
    """Raises Invalid, Conflict or Forbidden where the run cannot be stored; single results only warn.

    The row of the run, which others wait for, is locked at the end.
    """
    project_id = _project(scope, wanted, stage.run)
    body = _run_body(wanted, stage)
    run, is_other = _place(scope, project_id, body, may_exist=stage.run.may_exist)
    tally = _add_results(run, wanted, stage)
    _add_files(run, stage)
    tests.saw_run(project_id, run.id)
    if is_other:
        _change(scope, run, body, stage)
    counts.add_all(run.id, tally)
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


def _place(scope: Scope, project_id: uuid.UUID, body: JSONObject, *, may_exist: bool) -> tuple[Run, bool]:
    """The run; the second value tells that one with other content was there already."""
    try:
        return runs.add(project_id, body, reporter_id=scope.user.id)[0], False
    except Conflict:
        found = db.session.get(Run, uuid.UUID(body["id"]))
        if found is None or found.project_id != project_id or not may_exist:
            raise
        return found, True


def _change(scope: Scope, run: Run, body: JSONObject, stage: Stage) -> None:
    """As if it had been sent once more by the API."""
    try:
        scope.require_change(run)
    except Forbidden:
        stage.warnings.add("The run was reported by somebody else: it got the results and stays as it is")
    else:
        runs.change(run, body, project_id=None)


def _add_results(run: Run, wanted: Wanted, stage: Stage) -> counts.Tally:
    tally = counts.Tally()
    for batch in stage.results.batches():
        rows = list(_rows(run, wanted, batch, stage))
        if not rows:
            continue
        added = _insert(Result, rows)
        there = _already(rows, added)
        for row in rows:
            if row["id"] in added:
                added.discard(row["id"])
                tally.add(row)
                there[row["id"]] = run.id, row["fingerprint"]
            else:
                _explain(row, there, stage)
    return tally


def _rows(run: Run, wanted: Wanted, batch: list[JSONObject], stage: Stage) -> Iterator[Row]:
    for staged in batch:
        try:
            yield results.from_report(run.project_id, _result_body(run, wanted, staged))
        except Invalid as error:
            stage.warnings.add(f"{staged['place']}: {error.message}; it was left out")


def _result_body(run: Run, wanted: Wanted, staged: JSONObject) -> JSONObject:
    said = staged["body"]
    source = said.get("source") or wanted.source or staged["source"]
    return {
        **said,
        "id": said.get("id") or str(_named_after(staged["key"], run.id)),
        "start_time": said.get("start_time") or run.start_time.isoformat(),
        "metadata": {**merge(said.get("metadata"), wanted.metadata), "run": str(run.id)},
        **({"source": source} if source else {}),
    }


def _named_after(key: str, run_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(run_id, key)


def _insert(entity: type[Any], rows: Sequence[Row]) -> set[uuid.UUID]:
    """The ids of those that were not there."""
    statement = insert(entity).on_conflict_do_nothing(index_elements=[entity.id]).returning(entity.id)
    return set(db.session.connection().execute(statement, list(rows)).scalars())


def _already(
    rows: list[Row], added: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID | None, bytes | None]]:
    """Run and fingerprint of those that were there, as far as they are in the project."""
    missing = [row["id"] for row in rows if row["id"] not in added]
    if not missing:
        return {}
    found = select(Result.id, Result.run_id, Result.fingerprint).where(
        Result.id.in_(missing), Result.project_id == rows[0]["project_id"]
    )
    return {row.id: (row.run_id, row.fingerprint) for row in db.session.execute(found)}


def _explain(row: Row, there: dict[uuid.UUID, tuple[uuid.UUID | None, bytes | None]], stage: Stage) -> None:
    run_id, fingerprint = there.get(row["id"], (None, None))
    if run_id != row["run_id"]:
        stage.warnings.add(f"Result id {row['id']} already exist outside of this run; it was left out")
    elif fingerprint != row["fingerprint"]:
        stage.warnings.add(f"Result id {row['id']} already exist with other content, which stays")


def _add_files(run: Run, stage: Stage) -> None:
    for batch in stage.files.batches():
        owners = [_owner(staged["key"], run.id, stage) for staged in batch]
        known = _results_of(run, [owner for owner in owners if owner])
        there = _files_of(run, known)
        rows = []
        for staged, owner in zip(batch, owners, strict=True):
            row = _file_row(run, owner, staged)
            if owner is not None and owner not in known:
                stage.warnings.add(f"{staged['filename']}: belongs to no result, and was left out")
            elif (owner, row["filename"], row["digest"]) not in there:
                rows.append(row)
        if rows:
            _insert(Artifact, rows)


def _owner(key: str | None, run_id: uuid.UUID, stage: Stage) -> uuid.UUID | None:
    """The result that a file belongs to; none for the run itself."""
    if key is None:
        return None
    if key in stage.ids:
        return uuid.UUID(stage.ids[key])
    return uuid.UUID(key) if len(key) == len(str(run_id)) else _named_after(key, run_id)


def _file_row(run: Run, result_id: uuid.UUID | None, staged: JSONObject) -> Row:
    told = {name: staged[name] for name in ("filename", "content_type", "size", "storage_key")}
    return {
        "id": uuid.UUID(staged["id"]),
        "project_id": run.project_id,
        "run_id": run.id,
        "result_id": result_id,
        "digest": bytes.fromhex(staged["digest"]),
        "upload_date": now(),
        "data": None,
        **told,
    }


def _results_of(run: Run, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Result.id).where(Result.id.in_(ids), Result.run_id == run.id)))


def _files_of(run: Run, result_ids: set[uuid.UUID]) -> set[tuple[uuid.UUID | None, str, bytes]]:
    columns = select(Artifact.result_id, Artifact.filename, Artifact.digest)
    of_run = columns.where(Artifact.run_id == run.id, Artifact.result_id.is_(None))
    of_results = columns.where(Artifact.result_id.in_(result_ids))
    found = db.session.execute(of_run.union_all(of_results))
    return {(row.result_id, row.filename, row.digest) for row in found}
