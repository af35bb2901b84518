"""Files that come with a batch of results, each for the result or the run whose id it is sent under."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from ibutsu_server.access import Scope
from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import ingestion, quotas, usage
from ibutsu_server.domain.artifacts import Upload
from ibutsu_server.domain.packs import Pack
from ibutsu_server.domain.policies import UNLIMITED, Policy
from ibutsu_server.errors import Conflict, Invalid
from ibutsu_server.storage import Storage

Sent = tuple[uuid.UUID, Upload]
Owner = Run | Result


def attach(
    scope: Scope, storage: Storage, files: Sequence[Sent], *, limit: int, policy: Policy = UNLIMITED
) -> int:
    """Store the files; returns how many there are.  The same file of the same owner is stored once.

    Raises Invalid for an owner that the caller cannot report to, Conflict, TooLarge and QuotaExceeded.
    """
    if not files:
        return 0
    owners = _owners(scope, {owner for owner, _ in files})
    with Pack(storage, str(new_id()), limit=limit) as pack:
        rows = [_row(owners[owner], pack, upload) for owner, upload in files]
        pack.store()
    known = bulk.insert_new(Artifact, rows)
    _require_same(rows, known)
    sizes = Counter({row["project_id"]: 0 for row in rows})
    for row in {row["id"]: row for row in rows}.values():
        sizes[row["project_id"]] += row["size"] if row["id"] not in known else 0
    ingestion.note(artifacts=len({row["id"] for row in rows} - known), artifact_bytes=sizes.total())
    for project_id, size in sizes.items():
        quotas.require_bytes(project_id, size, default=policy)
        usage.add(project_id, artifact_bytes=size, stored_bytes=size)
    return len(rows)


def _owners(scope: Scope, ids: set[uuid.UUID]) -> dict[uuid.UUID, Owner]:
    found: dict[uuid.UUID, Owner] = {}
    for kind in (Result, Run):
        found |= {one.id: one for one in db.session.scalars(scope.select(kind).where(kind.id.in_(ids)))}
    for missing in sorted(ids - found.keys()):
        raise Invalid(f"There is no result and no run {missing} that you can report to", field=str(missing))
    return found


def _row(owner: Owner, pack: Pack, upload: Upload) -> dict[str, Any]:
    """Named after owner and name, so that a repeated request finds it."""
    id_ = uuid.uuid5(owner.id, upload.filename)
    return {
        "id": id_,
        "project_id": owner.project_id,
        "run_id": owner.id if isinstance(owner, Run) else owner.run_id,
        "result_id": owner.id if isinstance(owner, Result) else None,
        "upload_date": now(),
        "data": None,
        **pack.add(id_, upload),
    }


def _require_same(rows: Sequence[dict[str, Any]], known: set[uuid.UUID]) -> None:
    """Whatever else there is under an id, from before or earlier in the same request, has the same bytes."""
    there = select(Artifact.id, Artifact.digest).where(Artifact.id.in_(known))
    digests = {row.id: row.digest for row in db.session.execute(there)} if known else {}
    for row in rows:
        if digests.setdefault(row["id"], row["digest"]) != row["digest"]:
            owner = row["result_id"] or row["run_id"]
            raise Conflict(f"Another file {row['filename']} of {owner} already exist", field=str(owner))
