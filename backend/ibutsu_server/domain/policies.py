"""How long each project keeps what it was sent, and how much of it it may have."""

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import Project, ProjectPolicy
from ibutsu_server.db.types import JSONObject
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit
from ibutsu_server.errors import Forbidden, Invalid
from ibutsu_server.settings import Settings

AGES = ("keep_imports_days", "keep_artifacts_days", "keep_results_days", "keep_runs_days")
QUOTAS = ("max_bytes", "max_results")

_GOES_WITH = (
    ("keep_artifacts_days", "keep_results_days", "artifacts go with their result"),
    ("keep_results_days", "keep_runs_days", "results go with their run"),
    ("keep_artifacts_days", "keep_runs_days", "artifacts go with their run"),
)


@dataclass(frozen=True)
class Policy:
    """What holds for a project: None means for ever, or as much as there is."""

    keep_imports_days: int | None = None
    keep_artifacts_days: int | None = None
    keep_results_days: int | None = None
    keep_runs_days: int | None = None
    max_bytes: int | None = None
    max_results: int | None = None

    def overlaid(self, stored: JSONObject) -> "Policy":
        """With what a project says itself, where it says something."""
        said = {name: value or None for name, value in stored.items() if value is not None}
        return replace(self, **said)


UNLIMITED = Policy()


def defaults(settings: Settings) -> Policy:
    """What holds for projects that say nothing."""
    return Policy(
        keep_imports_days=settings.retention_imports_days or None,
        keep_artifacts_days=settings.retention_artifacts_days or None,
        keep_results_days=settings.retention_results_days or None,
        keep_runs_days=settings.retention_runs_days or None,
        max_bytes=settings.quota_bytes or None,
        max_results=settings.quota_results or None,
    )


def stored(project_id: uuid.UUID) -> JSONObject:
    """What the project says itself: numbers, 0 for no limit, None where it says nothing."""
    row = db.session.get(ProjectPolicy, project_id)
    return {name: getattr(row, name, None) for name in (*AGES, *QUOTAS)}


def effective(default: Policy) -> Iterator[tuple[uuid.UUID, Policy]]:
    """What holds for every project; read at once, because what it is for commits."""
    statement = select(Project.id, ProjectPolicy).outerjoin(
        ProjectPolicy, ProjectPolicy.project_id == Project.id
    )
    for project_id, row in db.session.execute(statement.order_by(Project.id)).all():
        yield project_id, default.overlaid({name: getattr(row, name, None) for name in asdict(default)})


def change(project: Project, body: JSONObject, *, may_set_quotas: bool) -> None:
    """Apply a partial update; null means what the server's settings say.

    Raises Invalid where things would be kept longer than what they go with, and Forbidden where somebody
    would give themselves more room.
    """
    before = stored(project.id)
    wanted = before | {name: body[name] for name in before if name in body}
    require_order(wanted)
    for name in QUOTAS:
        if wanted[name] != before[name] and not may_set_quotas:
            raise Forbidden(f"Forbidden: only superadmins set {name}", field=name)
    _store(project.id, wanted)


def _store(project_id: uuid.UUID, wanted: JSONObject) -> None:
    row = ProjectPolicy(project_id=project_id, **wanted)
    if insert_new(ProjectPolicy, {"project_id": project_id} | wanted):
        audit.note("create", row)
        return
    known = db.session.get_one(ProjectPolicy, project_id, with_for_update=True)
    for name, value in wanted.items():
        setattr(known, name, value)
    db.session.flush()


def require_order(wanted: JSONObject) -> None:
    """Raises Invalid where something would be kept longer than what it goes with."""
    for part, whole, reason in _GOES_WITH:
        if wanted[whole] and wanted[part] is not None and (wanted[part] or _FOR_EVER) > wanted[whole]:
            kept = f"{wanted[part]} days" if wanted[part] else "for ever"
            raise Invalid(
                f"{part} ({kept}) is more than {whole} ({wanted[whole]} days): {reason}", field=part
            )


_FOR_EVER = float("inf")
