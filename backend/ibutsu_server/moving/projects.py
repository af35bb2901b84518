"""Projects under names that are theirs alone, who is a member of them, and their default dashboards."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select, update

from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import Dashboard, Group, Project, User
from ibutsu_server.domain.members import join
from ibutsu_server.errors import Invalid
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move, Place
from ibutsu_server.moving.source import Raw
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import Notes, id_of, id_or_none


def move_projects(move: Move, wanted: Sequence[str]) -> None:
    """All of them, or those with the names or ids that are wanted.

    Of several with one name the one with the newest run keeps it: clients are reporting to it.
    """
    raws = _chosen(_newest_first(move), wanted)
    known = dict(db.session.execute(select(Project.id, Project.name)).all())
    taken = {name for (name,) in db.session.execute(select(func.lower(Project.name)))}
    owners, groups = (set(db.session.scalars(select(entity.id))) for entity in (User, Group))

    def referred(raw: Raw, name: str, there: set[uuid.UUID], notes: Notes) -> uuid.UUID | None:
        found = id_or_none(raw[name])
        if found is None or found in there or move.is_dry:
            return found
        notes.add(f"its {name} leads nowhere: it has none", raw[name])
        return None

    def project(raw: Raw, notes: Notes) -> Row:
        return {
            "id": id_of(raw["id"]),
            "name": _free_name(raw, taken, notes),
            "title": raw["title"],
            "owner_id": referred(raw, "owner_id", owners, notes),
            "group_id": referred(raw, "group_id", groups, notes),
            "default_dashboard_id": None,
        }

    new = [raw for raw in raws if id_of(raw["id"]) not in known]
    rows = move.rows("project", new, project)
    move.insert("project", Project, rows)
    move.commit()
    names = known | {row["id"]: row["name"] for row in rows}
    here = names if move.is_dry else dict(db.session.execute(select(Project.id, Project.name)).all())
    move.places = {
        raw["id"]: Place(raw["id"], id_of(raw["id"]), here[id_of(raw["id"])])
        for raw in raws
        if id_of(raw["id"]) in here
    }


def _newest_first(move: Move) -> list[Raw]:
    source = move.source
    newest = select(source.runs.c.project_id, func.max(source.runs.c.start_time).label("newest"))
    runs = newest.group_by(source.runs.c.project_id).subquery()
    projects = source.table("projects")
    joined = projects.outerjoin(runs, runs.c.project_id == projects.c.id)
    found = select(*source.columns("projects")).select_from(joined)
    return list(source.read(found.order_by(runs.c.newest.desc().nulls_last(), projects.c.id)))


def _chosen(raws: list[Raw], wanted: Sequence[str]) -> list[Raw]:
    if not wanted:
        return raws
    called = {text.lower() for text in wanted}
    chosen = [raw for raw in raws if {raw["id"].lower(), (raw["name"] or "").lower()} & called]
    found = {text.lower() for raw in chosen for text in (raw["id"], raw["name"] or "")}
    for missing in sorted(called - found):
        raise Invalid(f"The source has no project called {missing}")
    return chosen


def _free_name(raw: Raw, taken: set[str], notes: Notes) -> str:
    name, mark = (raw["name"] or "").strip(), id_of(raw["id"]).hex[:8]
    if not name:
        notes.add("it has no name: it is called after its id")
        name = f"project-{mark}"
    elif as_uuid_or_none(name) is not None:
        notes.add("its name looks like an id: there is a word before it", name)
        name = f"project-{name}"
    if name.lower() in taken:
        notes.add("another project has its name: some of its id is behind it, clients must be told", name)
        name = f"{name}-{mark}"
    taken.add(name.lower())
    return name


def move_members(move: Move) -> None:
    """Who is a member stays as they are here; who is none becomes a maintainer, which members were."""
    table = move.source.table("users_projects").c
    pairs = select(*move.source.columns("users_projects")).order_by(table.project_id, table.user_id)
    for batch in move.source.batches(pairs):
        users = store.there(User, {id_of(raw["user_id"]) for raw in batch})
        for raw in batch:
            if raw["project_id"] in move.places:
                _join(move, raw, users)
        move.commit()


def _join(move: Move, raw: Raw, users: set[uuid.UUID]) -> None:
    if move.is_dry:
        return
    if id_of(raw["user_id"]) in users:
        join(move.places[raw["project_id"]].id, id_of(raw["user_id"]))
    else:
        told = f"{raw['user_id']} in {raw['project_id']}"
        move.report.left_out("member", told, "the user is gone", place=raw["project_id"])


def set_default_dashboards(move: Move) -> None:
    """Of projects that have none here."""
    wanted = move.source.table("projects").c.default_dashboard_id
    chosen = select(*move.source.columns("projects")).where(wanted.is_not(None))
    for raw in move.source.read(chosen):
        place, dashboard_id = move.places.get(raw["id"]), id_of(raw["default_dashboard_id"])
        if place is not None and not move.is_dry and not _set_default(place.id, dashboard_id):
            move.report.changed(
                "project", raw["id"], "its default dashboard is not one of its own", str(dashboard_id)
            )
    move.commit()


def _set_default(project_id: uuid.UUID, dashboard_id: uuid.UUID) -> bool:
    dashboard = db.session.get(Dashboard, dashboard_id)
    is_public = dashboard is not None and dashboard.project_id is None and dashboard.user_id is None
    if dashboard is None or not (is_public or dashboard.project_id == project_id):
        return False
    own = update(Project).where(Project.id == project_id, Project.default_dashboard_id.is_(None))
    db.session.execute(own.values(default_dashboard_id=dashboard_id))
    return True
