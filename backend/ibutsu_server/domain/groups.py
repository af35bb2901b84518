"""Groups: labels for projects and users."""

import uuid

from ibutsu_server.db import db
from ibutsu_server.db.models import Group
from ibutsu_server.db.types import JSONObject, new_id
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import audit
from ibutsu_server.domain.metadata import merge
from ibutsu_server.errors import Conflict


def add(body: JSONObject) -> Group:
    values = {
        "id": uuid.UUID(body["id"]) if body.get("id") else new_id(),
        "name": body.get("name"),
        "data": body.get("metadata") or {},
    }
    if not insert_new(Group, values):
        raise Conflict(f"The group with ID {values['id']} already exists", field="id")
    audit.note("create", Group(**values))
    return Group(**values)


def change(group: Group, body: JSONObject) -> None:
    if "name" in body:
        group.name = body["name"]
    if body.get("metadata"):
        group.data = merge(group.data, body["metadata"])
    db.session.flush()


def remove(group: Group) -> None:
    """Projects and users that carried the label stay, without it."""
    db.session.delete(group)
    db.session.flush()
