"""Results: what happens when a client reports, changes or deletes the outcome of a test."""

import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import counts, ingestion, tests, usage
from ibutsu_server.domain.deletion import claim, delete_all
from ibutsu_server.domain.metadata import fingerprint, merge, promote_user_properties, text_of
from ibutsu_server.domain.runs import read_time
from ibutsu_server.errors import Conflict, Invalid

TEST_ID_BYTES = 2600
"""What fits into one entry of PostgreSQL's index beside project, time and id."""

_COUNTED = ("result", "duration", "start_time", "run_id")


def add(project_id: uuid.UUID, body: JSONObject) -> tuple[Result, bool]:
    """Store a result as reported and count it; the second value tells that it was there already.

    Raises Conflict when something else has its id, Invalid when its run is not in the project.
    """
    values = {**from_report(body), "project_id": project_id}
    if not _insert(values):
        return _repeated(values), True
    ingestion.note(results=1)
    if values["test_id"] is not None:
        tests.saw(project_id, values["test_id"], values["start_time"])
    if values["run_id"] is not None:
        counts.add(values)
    return Result(**values), False


def from_report(body: JSONObject) -> dict[str, Any]:
    """The row of a result that was reported so, but its project; raises Invalid where it cannot be one."""
    metadata = promote_user_properties(body.get("metadata") or {})
    return {
        "id": uuid.UUID(body["id"]) if body.get("id") else new_id(),
        "run_id": named_run(body),
        "test_id": _test_id(body),
        "start_time": read_time(body.get("start_time")) or now(),
        "duration": body.get("duration"),
        "result": body.get("result"),
        "component": text_of(metadata, "component") or body.get("component"),
        "env": text_of(metadata, "env") or body.get("env"),
        "source": body.get("source"),
        "params": body.get("params"),
        "attempts": body.get("attempts") or None,
        "data": metadata,
        "fingerprint": fingerprint(body),
    }


def _test_id(body: JSONObject) -> str | None:
    test_id: str | None = body.get("test_id")
    if test_id is not None and len(test_id.encode()) > TEST_ID_BYTES:
        raise Invalid(f"test_id has more than {TEST_ID_BYTES} bytes", field="test_id")
    return test_id


def named_run(body: JSONObject) -> uuid.UUID | None:
    """The run that a result says it belongs to: `metadata.run` wins over `run_id`."""
    text = (body.get("metadata") or {}).get("run") or body.get("run_id")
    if text is None:
        return None
    try:
        return _uuid(text)
    except (ValueError, AttributeError, TypeError):
        raise Invalid(f"{text!r} is not a valid UUID of a run", field="metadata.run") from None


_uuid = lru_cache(uuid.UUID)
"""Results come by the thousand, and name a few runs."""


def _insert(values: dict[str, Any]) -> bool:
    """The tables see to it that the run is one of the project: a run elsewhere is as good as none."""
    try:
        return insert_new(Result, values)
    except Conflict:
        if values["run_id"] is None:
            raise
        raise _no_such_run(values["run_id"]) from None


def _no_such_run(run_id: uuid.UUID) -> Invalid:
    return Invalid(f"There is no run {run_id} in this project", field="run_id")


def _repeated(values: dict[str, Any]) -> Result:
    existing = db.session.execute(
        select(Result, Result.fingerprint).where(
            Result.id == values["id"], Result.project_id == values["project_id"]
        )
    ).one_or_none()
    if existing is None or existing.fingerprint != values["fingerprint"]:
        raise Conflict(f"Result id {values['id']} already exist", field="id")
    return existing[0]


def change(result: Result, body: JSONObject, *, project_id: uuid.UUID | None) -> None:
    """Apply a partial update; `project_id` is where it shall go, if anywhere else."""
    change_all([result], body, project_id=project_id)


def change_all(results: Sequence[Result], body: JSONObject, *, project_id: uuid.UUID | None) -> None:
    """Apply the same update to each; a run is counted again once, however many of its results change."""
    before = [_counted(result) for result in results]
    for result in results:
        _apply(result, body)
    _place(results, named_run(body), project_id)
    _see(results)
    recounted: dict[uuid.UUID, bool] = {}
    for result, was in zip(results, before, strict=True):
        for run_id in {was["run_id"], result.run_id} - {None}:
            recounted[run_id] = recounted.get(run_id, False) or _counted(result) != was
    for run_id in sorted(recounted):
        count = counts.recount if recounted[run_id] else counts.touch
        count(run_id)


def _counted(result: Result) -> dict[str, Any]:
    return {field: getattr(result, field) for field in _COUNTED}


def _see(results: Sequence[Result]) -> None:
    spans: dict[uuid.UUID, tests.Spans] = {}
    for result in results:
        if result.test_id is not None:
            of_project = spans.setdefault(result.project_id, {})
            first, last = of_project.get(result.test_id, (result.start_time, result.start_time))
            of_project[result.test_id] = min(first, result.start_time), max(last, result.start_time)
    for project_id in sorted(spans):
        tests.saw_all(str(project_id), spans[project_id])


def remove(result: Result) -> None:
    """Delete a result, and count its run again; the bytes of its artifacts follow with the next clean-up."""
    run = counts.lock(result.run_id) if result.run_id is not None else None
    before = run.result_count if run else 1
    claim(result)
    delete_all(Artifact, Artifact.result_id == result.id)
    db.session.delete(result)
    db.session.flush()
    if run is not None:
        counts.recount(run.id)
    removed = before - (run.result_count if run else 0)
    usage.add(result.project_id, month=(run or result).start_time, removed_results=removed)


def _apply(result: Result, body: JSONObject) -> None:
    result.test_id = _test_id(body) or result.test_id
    for field in ("duration", "result", "source", "params", "component", "env"):
        if body.get(field) is not None:
            setattr(result, field, body[field])
    if body.get("start_time"):
        result.start_time = read_time(body["start_time"]) or result.start_time
    if body.get("metadata"):
        result.data = promote_user_properties(merge(result.data, body["metadata"]))
        for field in ("component", "env"):
            if field in body["metadata"]:
                setattr(result, field, text_of(result.data, field))


def _place(results: Sequence[Result], run_id: uuid.UUID | None, project_id: uuid.UUID | None) -> None:
    """Move results, with their artifacts, to another run or project; they stay in that of their run."""
    moved: list[tuple[Result, uuid.UUID]] = []
    for result in results:
        before = result.run_id, result.project_id
        result.run_id, result.project_id = run_id or result.run_id, project_id or result.project_id
        if (result.run_id, result.project_id) != before:
            moved.append((result, before[1]))
    for project, run in {(result.project_id, result.run_id) for result, _ in moved}:
        if run is not None and not _has_run(project, run):
            raise _no_such_run(run)
    db.session.flush()
    for result, old in moved:
        _take_along(result, old)


def _take_along(result: Result, old: uuid.UUID) -> None:
    """The artifacts of a result that came from another run or project."""
    own = update(Artifact).where(Artifact.result_id == result.id).returning(Artifact.size)
    moved = db.session.scalars(own.values(run_id=result.run_id, project_id=result.project_id)).all()
    if result.project_id != old:
        usage.move(old, result.project_id, sum(moved))


def _has_run(project_id: uuid.UUID, run_id: uuid.UUID) -> bool:
    with db.session.no_autoflush:
        return db.session.scalar(select(Run.project_id).where(Run.id == run_id)) == project_id
