"""Results: what happens when a client reports or changes the outcome of a test."""

import uuid
from typing import Any

from sqlalchemy import select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Project, Result, Run
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import counts, tests
from ibutsu_server.domain.metadata import fingerprint, merge, promote_user_properties, text_of
from ibutsu_server.domain.runs import read_time
from ibutsu_server.errors import Conflict, Invalid

TEST_ID_BYTES = 2600
"""What fits into one entry of PostgreSQL's index beside project, time and id."""

_COUNTED = ("result", "duration", "start_time", "run_id")


def add(project: Project, body: JSONObject) -> tuple[Result, bool]:
    """Store a result as reported and count it; the second value tells that it was there already.

    Raises Conflict when something else has its id, Invalid when its run is not in the project.
    """
    values = _from_report(project.id, body)
    if values["run_id"] is not None:
        _require_run(values["run_id"], project.id)
    if not insert_new(Result, values):
        return _repeated(values), True
    if values["test_id"] is not None:
        tests.saw(project.id, values["test_id"], values["start_time"])
    if values["run_id"] is not None:
        counts.add(values)
    return Result(**values), False


def _from_report(project_id: uuid.UUID, body: JSONObject) -> dict[str, Any]:
    metadata = promote_user_properties(body.get("metadata") or {})
    return {
        "id": uuid.UUID(body["id"]) if body.get("id") else new_id(),
        "project_id": project_id,
        "run_id": named_run(body),
        "test_id": _test_id(body),
        "start_time": read_time(body.get("start_time")) or now(),
        "duration": body.get("duration"),
        "result": body.get("result"),
        "component": text_of(metadata, "component") or body.get("component"),
        "env": text_of(metadata, "env") or body.get("env"),
        "source": body.get("source"),
        "params": body.get("params"),
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
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise Invalid(f"{text!r} is not a valid UUID of a run", field="metadata.run") from None


def _require_run(run_id: uuid.UUID, project_id: uuid.UUID) -> None:
    """A result goes into a run of its own project; a run elsewhere is as good as none."""
    if db.session.scalar(select(Run.project_id).where(Run.id == run_id)) != project_id:
        raise Invalid(f"There is no run {run_id} in this project", field="run_id")


def _repeated(values: dict[str, Any]) -> Result:
    existing = db.session.execute(
        select(Result, Result.fingerprint).where(
            Result.id == values["id"], Result.project_id == values["project_id"]
        )
    ).one_or_none()
    if existing is None or existing.fingerprint != values["fingerprint"]:
        raise Conflict(f"Result id {values['id']} already exist", field="id")
    return existing[0]


def change(result: Result, body: JSONObject, *, project: Project | None) -> None:
    """Apply a partial update; `project` is where it shall go, if anywhere else."""
    before = {field: getattr(result, field) for field in _COUNTED}
    _apply(result, body)
    _place(result, body, project)
    after = {field: getattr(result, field) for field in _COUNTED}
    db.session.flush()
    if result.test_id is not None:
        tests.saw(result.project_id, result.test_id, result.start_time)
    if before["run_id"] != after["run_id"]:
        db.session.execute(
            update(Artifact).where(Artifact.result_id == result.id).values(run_id=result.run_id)
        )
    if before != after:
        for run_id in sorted({before["run_id"], after["run_id"]} - {None}):
            counts.recount(run_id)


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


def _place(result: Result, body: JSONObject, project: Project | None) -> None:
    """Move a result to another run or project; it stays in the project of its run."""
    run_id = named_run(body) or result.run_id
    project_id = project.id if project else result.project_id
    if run_id is not None and (run_id, project_id) != (result.run_id, result.project_id):
        _require_run(run_id, project_id)
    if project_id != result.project_id:
        db.session.execute(
            update(Artifact).where(Artifact.result_id == result.id).values(project_id=project_id)
        )
    result.run_id, result.project_id = run_id, project_id
