"""What every part of a move works with, and the one way of copying the rows of a small table."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, cast, or_, select

from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db import bulk, db
from ibutsu_server.domain import audit
from ibutsu_server.moving import store
from ibutsu_server.moving.progress import Progress
from ibutsu_server.moving.report import Report
from ibutsu_server.moving.source import Raw, Source, is_one_of
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import NO_UUID, LeftOut, Notes, id_of
from ibutsu_server.storage import Storage

Convert = Callable[[Raw, Notes], Row]


class Place(NamedTuple):
    """A project of the old server, `raw` is its id there, and its id and name here."""

    raw: str
    id: UUID
    name: str


@dataclass
class Move:
    """`places` are the projects that are moved, by their ids in the old database."""

    source: Source
    report: Report
    progress: Progress
    storage: Storage
    is_dry: bool
    is_partial: bool
    places: dict[str, Place] = field(default_factory=dict)
    copied: Counter[str] = field(default_factory=Counter)

    def copy(self, noun: str, entity: Any, statement: Select[Any], convert: Convert) -> None:
        """What has no row with its id here yet; ids are read as texts named `id`."""
        for batch in self.source.batches(statement):
            known = store.there(entity, {id_of(raw["id"]) for raw in batch})
            new = [raw for raw in batch if id_of(raw["id"]) not in known]
            self.insert(noun, entity, self.rows(noun, new, convert))
            self.commit()

    def rows(self, noun: str, raws: Iterable[Raw], convert: Convert) -> list[Row]:
        found = (self._row(noun, raw, convert) for raw in raws)
        rows = [row for row in found if row is not None]
        self.copied[noun] += len(rows)
        return rows

    def _row(self, noun: str, raw: Raw, convert: Convert) -> Row | None:
        notes = Notes()
        try:
            row = convert(raw, notes)
        except LeftOut as fate:
            self.report.left_out(noun, raw["id"], fate.reason, place=raw.get("place"), called=fate.called)
            return None
        if as_uuid_or_none(raw["id"]) is None:
            notes.add(NO_UUID)
        for why, was in notes:
            self.report.changed(noun, raw["id"], why, was)
        return {**row, "place": raw.get("place")}

    def insert(self, noun: str, entity: Any, rows: Sequence[Row]) -> int:
        """Returns how many; a dry run only says so."""
        if self.is_dry:
            return len(rows)
        kept = {row["id"]: row for row in rows}

        def refuse(row: Row, reason: str) -> None:
            del kept[row["id"]]
            self.refuse(noun, row, reason)

        count = store.in_parts(rows, partial(bulk.insert_new, entity), refuse)
        columns = entity.__table__.columns.keys()
        for row in kept.values():
            audit.note("create", entity(**{name: row[name] for name in columns}))
        return count

    def refuse(self, noun: str, row: Row, reason: str) -> None:
        self.report.left_out(noun, str(row["id"]), reason, place=row["place"])

    def placed(self, name: str) -> Select[Any]:
        """The rows of a table that belong to a project, as `place`, or to none."""
        table = self.source.table(name)
        statement = select(*self.source.columns(name), cast(table.c.project_id, Text).label("place"))
        if self.is_partial:
            of_these = is_one_of(table.c.project_id, list(self.places))
            statement = statement.where(or_(table.c.project_id.is_(None), of_these))
        return statement.order_by(table.c.id)

    def project_of(self, raw: Raw) -> UUID | None:
        """Raises LeftOut where it is gone."""
        if raw["project_id"] is None:
            return None
        if raw["project_id"] not in self.places:
            raise LeftOut("its project is gone")
        return self.places[raw["project_id"]].id

    def commit(self) -> None:
        self.report.flush()
        if self.is_dry:
            db.session.rollback()
        else:
            db.session.commit()
        db.session.expunge_all()
