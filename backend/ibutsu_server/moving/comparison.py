"""After the move: what of the old database is here, what is left out for a reason, and what is missing."""

import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    Dashboard,
    Group,
    Membership,
    Project,
    Result,
    Run,
    Token,
    User,
    WidgetConfig,
)
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.source import Part
from ibutsu_server.moving.values import id_of

_NOWHERE = "(no project)"
_Kinds = tuple[tuple[str, Any, str], ...]
_ALONE: _Kinds = (("group", Group, "groups"), ("user", User, "users"), ("token", Token, "tokens"))
_PLACED: _Kinds = (("dashboard", Dashboard, "dashboards"), ("widget config", WidgetConfig, "widget_configs"))
_PARTS: tuple[tuple[Part, Any], ...] = (("run", Run), ("result", Result), ("artifact", Artifact))


class Line(NamedTuple):
    """How many things of one kind there were, are here, and were left out; of one project or of all."""

    noun: str
    place: str | None
    source: int
    here: int
    left_out: int

    @property
    def missing(self) -> int:
        return self.source - self.here - self.left_out


def compare(move: Move) -> Iterator[Line]:
    """Ids are compared, not numbers: this server may have been sent more since."""
    for noun, entity, table in _ALONE:
        yield _line(move, noun, entity, select(move.source.columns(table)[0]))
    projects = {place.id for place in move.places.values()}
    refused = _left_out(move, "project")
    yield Line("project", None, len(projects) + refused, len(store.there(Project, projects)), refused)
    yield _members(move)
    for noun, entity, table in _PLACED:
        yield _line(move, noun, entity, move.placed(table))
    for part, entity in _PARTS:
        yield from _by_place(move, part, entity)


def _line(move: Move, noun: str, entity: Any, statement: Any) -> Line:
    there = here = 0
    for batch in move.source.batches(statement):
        there += len(batch)
        here += len(store.there(entity, {id_of(raw["id"]) for raw in batch}))
    return Line(noun, None, there, here, _left_out(move, noun))


def _left_out(move: Move, noun: str) -> int:
    return sum(count for (what, _, _), count in move.report.left.items() if what == noun)


def _members(move: Move) -> Line:
    there = here = 0
    for raw in move.source.read(select(*move.source.columns("users_projects"))):
        if raw["project_id"] in move.places:
            there += 1
            key = id_of(raw["user_id"]), move.places[raw["project_id"]].id
            here += db.session.get(Membership, key) is not None
    return Line("member", None, there, here, _left_out(move, "member"))


def _by_place(move: Move, part: Part, entity: Any) -> Iterator[Line]:
    there: Counter[str | None] = Counter()
    here: Counter[str | None] = Counter()
    chosen = list(move.places) if move.is_partial else None
    for batch in move.source.batches(move.source.counted(part, chosen)):
        ids: list[uuid.UUID] = [id_of(raw["id"]) for raw in batch]
        found = store.there(entity, ids)
        there.update(raw["place"] for raw in batch)
        here.update(raw["place"] for raw, id_ in zip(batch, ids, strict=True) if id_ in found)
    left: Counter[str | None] = Counter()
    for (noun, place, _), count in move.report.left.items():
        if noun == part:
            left[place] += count
    for place in sorted(there, key=lambda place: _name(move, place).lower()):
        yield Line(part, _name(move, place), there[place], here[place], left[place])
    yield Line(part, None, there.total(), here.total(), left.total())


def _name(move: Move, place: str | None) -> str:
    if place in move.places:
        return move.places[place].name
    return _NOWHERE if place is None else f"(gone: {place})"
