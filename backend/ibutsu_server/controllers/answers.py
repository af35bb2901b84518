"""What several handlers share: which project a body names, and answers that say more than a body."""

from typing import Any
from uuid import UUID

from ibutsu_server.access import Scope
from ibutsu_server.errors import Invalid

JSON = dict[str, Any]
Answer = JSON | tuple[JSON, int] | tuple[JSON, int, dict[str, str]]


def created(body: JSON, *, replayed: bool) -> Answer:
    """201, also for a repeated request that changed nothing: the published client decodes only that."""
    return (body, 201, {"Idempotency-Replayed": "true"}) if replayed else (body, 201)


def named_project(scope: Scope, body: JSON) -> UUID | None:
    """The project that a body names: `metadata.project`, a name or an id, wins over `project_id`."""
    name = (body.get("metadata") or {}).get("project") or body.get("project_id")
    if name is None:
        return None
    if not isinstance(name, str):
        raise Invalid("metadata.project must be a name or an id", field="metadata.project")
    return scope.project_id(name)


def required_project(scope: Scope, body: JSON) -> UUID:
    project_id = named_project(scope, body)
    if project_id is None:
        raise Invalid("Bad request, project or project_id is required", field="project_id")
    return project_id


def start_afresh(thing: Any, body: JSON, metadata: str) -> None:
    """With `?metadata=replace` what is sent is all that there will be, where something is sent."""
    if metadata == "replace" and body.get("metadata") is not None:
        thing.data = {}
