"""Imports: what happens when a report file is uploaded, taken back, or left behind."""

import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, or_, select, update

from ibutsu_server.access import Role
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Run
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.domain import artifacts, audit, ingestion, quotas, runs, usage
from ibutsu_server.domain.deletion import claim
from ibutsu_server.domain.metadata import fingerprint, promote_user_properties, text_of
from ibutsu_server.domain.policies import UNLIMITED, Policy
from ibutsu_server.errors import Conflict, Error, Unavailable
from ibutsu_server.storage import Storage

SILENT = timedelta(minutes=30)
"""Who works on an import and gives no sign of life for so long is lost; writing, at the end, gives none."""

UNFINISHED = ("pending", "running")
PER_RETRY = 100
"""Attempts are numbered from the next hundred on when somebody asks for more: no two have the same number."""

_FOLDER = "imports"
_KEY = re.compile(rf"{_FOLDER}/[0-9a-f-]{{36}}-[0-9a-f]{{16}}(\.part)?")


@dataclass(frozen=True)
class Upload:
    """A file on its way in, what it was recognised as, and what was said about it.

    `role` is what the token of the upload is limited to.
    """

    content: Iterable[bytes]
    filename: str
    format: str
    project_id: uuid.UUID | None = None
    source: str | None = None
    metadata: JSONObject | None = None
    role: Role = "owner"


def receive(
    storage: Storage, uploader: uuid.UUID, upload: Upload, *, limit: int, policy: Policy = UNLIMITED
) -> tuple[Import, bool]:
    """Store the bytes, at most `limit` of them, then the row; the second value: it was imported already.

    Raises TooLarge, and QuotaExceeded where the project has no room.  Bytes whose row is never committed are
    found by `clean_up`.
    """
    id_ = new_id()
    key = f"{_FOLDER}/{id_}-{secrets.token_hex(8)}"
    measured = artifacts.Measured(upload.content, limit, field="importFile")
    storage.put(key, measured)
    digest = _digest(uploader, upload, measured.digest())
    earlier = _same(digest)
    if earlier is not None:
        storage.delete([key])
        return earlier, True
    _require_room(storage, upload.project_id, key, measured.size, policy)
    made = Import(
        id=id_,
        project_id=upload.project_id,
        user_id=uploader,
        filename=upload.filename,
        format=upload.format,
        status="pending",
        storage_key=key,
        size=measured.size,
        fingerprint=digest,
        created=now(),
        data=_said(upload),
    )
    db.session.add(made)
    db.session.flush()
    ingestion.note(imports=1)
    size = measured.size
    usage.add(upload.project_id, imports=1, import_bytes=size, stored_bytes=size)
    return made, False


def _require_room(
    storage: Storage, project_id: uuid.UUID | None, key: str, size: int, policy: Policy
) -> None:
    try:
        quotas.require_bytes(project_id, size, default=policy, field="importFile")
    except Error:
        storage.delete([key])
        raise


def require_labels(metadata: JSONObject) -> None:
    """Raises Invalid where metadata of an upload would make every result of the file invalid."""
    promoted = promote_user_properties(metadata)
    for key in ("env", "component"):
        text_of(promoted, key)


def _digest(uploader: uuid.UUID, upload: Upload, content: bytes) -> bytes:
    """What is the same to everybody in a project; without one, to its uploader."""
    place = upload.project_id or uploader
    said = [str(place), upload.filename, upload.source, upload.metadata, content.hex()]
    return fingerprint({"import": said})


def _same(digest: bytes) -> Import | None:
    """An import of the same that is under way, or has become a run that is still there."""
    is_good = or_(Import.status.in_(UNFINISHED), and_(Import.status == "done", Import.run_id.is_not(None)))
    newest = select(Import).where(Import.fingerprint == digest, is_good).order_by(Import.created.desc())
    found: Import | None = db.session.scalars(newest.limit(1)).first()
    return found


def _said(upload: Upload) -> JSONObject:
    project = {"project_id": str(upload.project_id)} if upload.project_id else {}
    source = {"source": upload.source} if upload.source else {}
    role = {"role": upload.role} if upload.role != "owner" else {}
    return {**project, **source, **role, "metadata": upload.metadata, "run_id": []}


def remove(import_: Import) -> None:
    """Take the row away; its run stays, unless it is not whole.  The bytes go with the next `clean_up`."""
    claim(import_)
    if import_.storage_key is not None:
        usage.add(import_.project_id, stored_bytes=-(import_.size or 0))
    is_half = import_.is_run_new and import_.status != "done"
    if is_half and import_.run_id is not None and not hand_over(import_):
        runs.remove(db.session.get_one(Run, import_.run_id))
    db.session.delete(import_)
    db.session.flush()


def hand_over(import_: Import) -> bool:
    """Whether its run stays because other imports are in it: if those fail as well, it goes with the last."""
    others = Import.run_id == import_.run_id, Import.id != import_.id
    heirs = update(Import).where(*others, Import.status.in_(UNFINISHED)).values(is_run_new=True)
    db.session.execute(heirs)
    return bool(db.session.scalar(select(exists().where(*others, Import.status != "error"))))


def require_staying(run_id: uuid.UUID) -> None:
    """Raises Unavailable while what a failed import has left of the run is being deleted.

    To be asked when the import that asks has told that it is in the run: either of the two sees the other.
    """
    is_leaving = Import.run_id == run_id, Import.status == "error", Import.is_run_new
    if db.session.scalar(select(exists().where(*is_leaving))):
        raise Unavailable("What another import has left of this run is still being deleted")


def cancel(import_: Import, by: str) -> None:
    """End work on an import, whether it has begun or not; raises Conflict when it is over.

    Whoever works on it notices with the next batch; what is stored already is for `import_work.discard`.
    """
    if import_.status not in UNFINISHED:
        raise Conflict(f"The import is over: its status is {import_.status}")
    _set_status(import_, "error", f"It was cancelled by {by}")


def retry(import_: Import) -> None:
    """Let an import that failed wait for a worker again; raises Conflict where that cannot be."""
    if import_.status != "error":
        raise Conflict(f"Only what failed can be tried again: the status is {import_.status}")
    if import_.storage_key is None:
        raise Conflict("The file is no longer stored; please upload it again")
    if import_.is_run_new:
        raise Conflict("What the last attempt stored is still being deleted; please try again in a moment")
    import_.heartbeat = now()
    import_.attempts = (import_.attempts // PER_RETRY + 1) * PER_RETRY
    import_.rows_seen = import_.rows_done = 0
    _set_status(import_, "pending", None)


def _set_status(import_: Import, status: str, error: str | None) -> None:
    """Somebody did; what becomes of an import by itself is not worth an entry in the audit log."""
    changes = {"status": (import_.status, status)}
    audit.tell(
        "update", "import", name=import_.filename or "", changes=changes, project_id=import_.project_id
    )
    import_.status, import_.error = status, error
    db.session.flush()


def half_stored() -> list[uuid.UUID]:
    """Imports that are over and have left a part of a run behind."""
    partial = select(Import.id).where(Import.status == "error", Import.is_run_new)
    return list(db.session.scalars(partial))


def take_back(silent: timedelta = SILENT) -> list[uuid.UUID]:
    """Imports that were lost with their worker or their queue; they wait again, for who enqueues them now."""
    is_lost = Import.status.in_(UNFINISHED), Import.heartbeat < now() - silent
    lost = update(Import).where(*is_lost).values(status="pending", heartbeat=now())
    return list(db.session.scalars(lost.returning(Import.id)))


def clean_up(storage: Storage, older_than: timedelta = artifacts.ABANDONED_AFTER) -> int:
    """Delete uploaded files that no import refers to any more; returns how many that were."""
    before = now() - older_than
    deleted = 0
    for page in storage.list(_FOLDER):
        old = [found.key for found in page if found.modified < before and _KEY.fullmatch(found.key)]
        kept = set(db.session.scalars(select(Import.storage_key).where(Import.storage_key.in_(old))))
        doomed = [key for key in old if key not in kept]
        if doomed:
            storage.delete(doomed)
        deleted += len(doomed)
    return deleted
