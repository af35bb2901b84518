"""Many results at once: stored in bulk, counted, and remembered as tests, within one transaction."""

import uuid
from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import select

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Result
from ibutsu_server.domain import counts, ingestion, tests

Row = dict[str, Any]


class Fate(Enum):
    """What became of a result: those that are there already stay as they are."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    ELSEWHERE = "elsewhere"


class Intake:
    """Rows of `results.from_report` go in with `add`; `finish`, once, is the last thing before the commit.

    The rows of runs, which other reporters wait for, are locked by `finish` only.
    """

    def __init__(self) -> None:
        self._tallies: dict[uuid.UUID, counts.Tally] = {}
        self._run_id: uuid.UUID | None = None
        self._tally = counts.Tally()
        self._spans: dict[str, tests.Spans] = {}

    def add(self, rows: Sequence[Row]) -> list[Fate]:
        """What became of each row; their runs must be there, in their projects."""
        known = bulk.insert_new(Result, rows)
        stored = _stored(known)
        fates = []
        for row in rows:
            there = stored.get(row["id"])
            if there is None:
                stored[row["id"]] = row["project_id"], row["run_id"], row["fingerprint"]
                self._count(row)
            fates.append(Fate.NEW if there is None else _fate(row, there))
        ingestion.note(results=fates.count(Fate.NEW))
        return fates

    def finish(self) -> None:
        for project_id, spans in sorted(self._spans.items()):
            tests.saw_all(project_id, spans)
        for run_id, tally in sorted(self._tallies.items()):
            counts.add_all(run_id, tally)

    def _count(self, row: Row) -> None:
        start, run_id = row["start_time"], row["run_id"]
        if row["test_id"] is not None:
            spans = self._spans.setdefault(str(row["project_id"]), {})
            first, last = spans.get(row["test_id"], (start, start))
            spans[row["test_id"]] = min(start, first), max(start, last)
        if run_id is not None:
            if run_id != self._run_id:  # mostly it is that of the row before
                self._run_id = run_id
                self._tally = self._tallies.setdefault(run_id, counts.Tally())
            self._tally.add(row)


_Stored = tuple[uuid.UUID, uuid.UUID | None, bytes | None]


def _stored(ids: set[uuid.UUID]) -> dict[uuid.UUID, _Stored]:
    if not ids:
        return {}
    found = select(Result.id, Result.project_id, Result.run_id, Result.fingerprint).where(Result.id.in_(ids))
    return {row.id: (row.project_id, row.run_id, row.fingerprint) for row in db.session.execute(found)}


def _fate(row: Row, stored: _Stored) -> Fate:
    if stored[0] != row["project_id"]:
        return Fate.ELSEWHERE
    if stored[2] == row["fingerprint"]:
        return Fate.SAME
    return Fate.CHANGED if stored[1] == row["run_id"] else Fate.ELSEWHERE
