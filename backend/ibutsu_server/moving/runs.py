"""Runs: what their clients said of them; what they count is counted here, from their results."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Text, cast, select

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Run
from ibutsu_server.db.types import now
from ibutsu_server.domain import counts
from ibutsu_server.errors import Invalid
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.source import Raw, is_one_of
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import LeftOut, Notes, document, id_of, label, moment, seconds
from ibutsu_server.moving.values import counts as clean_counts

Placed = dict[str, tuple[uuid.UUID, uuid.UUID]]
"""By the ids of runs in the old database, those of the run and its project here."""

_NUMBERS = frozenset({"tests", "collected", *counts.OUTCOME_COLUMNS})
_COLUMNS = [column.key for column in Run.__mapper__.column_attrs]


def move_runs(move: Move, page: Sequence[str]) -> tuple[Placed, set[str]]:
    """The runs of this page that are here now, and which of them are new."""
    known = store.there(Run, {id_of(raw) for raw in page})
    missing = [raw for raw in page if id_of(raw) not in known]
    rows = move.rows("run", _read(move, missing), _Conversion(move, missing))
    if not move.is_dry:
        store.in_parts(rows, partial(bulk.insert_new, Run), partial(move.refuse, "run"))
    move.commit()
    move.progress.add(len(page), len(rows))
    new = {row["id"] for row in rows}
    placed = {row["id"]: row["project_id"] for row in rows} if move.is_dry else {}
    placed |= _placed([id_of(raw) for raw in page])
    here = {raw: (id_of(raw), placed[id_of(raw)]) for raw in page if id_of(raw) in placed}
    return here, {raw for raw in here if id_of(raw) in new}


def _placed(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Where they are now: runs that were moved before may have gone to another project since."""
    found = select(Run.id, Run.project_id).where(Run.id.in_(ids))
    return {row.id: row.project_id for row in db.session.execute(found)}


def _read(move: Move, ids: Sequence[str]) -> Sequence[Raw]:
    runs = move.source.runs.c
    columns = (*move.source.columns("runs"), cast(runs.project_id, Text).label("place"))
    return list(move.source.read(select(*columns).where(is_one_of(runs.id, ids)))) if ids else []


class _Conversion:
    def __init__(self, move: Move, ids: Sequence[str]) -> None:
        self._move = move
        self._ids = ids
        self._of_results: dict[str, str] | None = None

    def __call__(self, raw: Raw, notes: Notes) -> Row:
        start = moment(raw["start_time"]) or moment(raw["created"])
        if raw["start_time"] is None:
            notes.add("its start_time is no time that there is: it has that of its creation, or of now")
        run = Run(
            id=id_of(raw["id"]),
            project_id=self._project(raw, notes),
            is_kept=False,
            created=moment(raw["created"]) or start or now(),
            start_time=start or now(),
            duration=seconds(raw["duration"], notes),
            result_count=0,
            is_tallied=False,
            changes=0,
            changed=now(),
        )
        self._count(run, raw, notes)
        row = {name: getattr(run, name) for name in _COLUMNS}
        row |= {name: raw[name] for name in counts.LABELS}
        row["data"] = document(raw["data"], "metadata", notes)
        for name in ("component", "env"):
            label(row, name, notes)
        return row

    def _count(self, run: Run, raw: Raw, notes: Notes) -> None:
        summary = document(raw["summary"], "summary", notes) or {}
        try:
            counts.report(run, clean_counts(summary, _NUMBERS, notes))
        except Invalid as error:
            notes.add("its summary is no summary: it has none until its results are counted", error)
            counts.report(run, {})

    def _project(self, raw: Raw, notes: Notes) -> uuid.UUID:
        places = self._move.places
        if raw["place"] in places:
            return places[raw["place"]].id
        if self._of_results is None:
            self._of_results = _projects_of_results(self._move, self._ids)
        found = self._of_results.get(raw["id"])
        if found not in places:
            raise LeftOut("it belongs to no project")
        notes.add("it belongs to no project: it is in that of its results")
        return places[found].id


def _projects_of_results(move: Move, ids: Sequence[str]) -> dict[str, str]:
    """Of runs without a project, that of their first result."""
    results = move.source.results.c
    named: Any = (cast(results.run_id, Text).label("run"), cast(results.project_id, Text).label("project"))
    first = select(*named).distinct(results.run_id).where(is_one_of(results.run_id, ids))
    first = first.where(results.project_id.is_not(None))
    found = move.source.read(first.order_by(results.run_id, results.start_time, results.id))
    return {row["run"]: row["project"] for row in found}
