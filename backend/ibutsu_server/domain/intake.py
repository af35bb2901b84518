"""Many results at once: stored in bulk, counted, and remembered as tests, within one transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Result
from ibutsu_server.domain import counts, tests

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
        self._spans: dict[tuple[uuid.UUID, str], tuple[datetime, datetime]] = {}

    def add(self, rows: Sequence[Row]) -> list[Fate]:
        """What became of each row; their runs must be there, in their projects."""
        added = bulk.insert_new(Result, rows)
        there = _stored([row["id"] for row in rows if row["id"] not in added])
        fates = []
        for row in rows:
            if row["id"] in added:
                added.discard(row["id"])
                there[row["id"]] = row["project_id"], row["run_id"], row["fingerprint"]
                self._count(row)
                fates.append(Fate.NEW)
            else:
                fates.append(_fate(row, there.get(row["id"])))
        return fates

    def finish(self) -> None:
        tests.saw_all(self._spans)
        for run_id, tally in sorted(self._tallies.items()):
            counts.add_all(run_id, tally)

    def _count(self, row: Row) -> None:
        start = row["start_time"]
        if row["test_id"] is not None:
            key = row["project_id"], row["test_id"]
            first, last = self._spans.get(key, (start, start))
            self._spans[key] = min(first, start), max(last, start)
        if row["run_id"] is not None:
            self._tallies.setdefault(row["run_id"], counts.Tally()).add(row)


_Stored = tuple[uuid.UUID, uuid.UUID | None, bytes | None]


def _stored(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Stored]:
    if not ids:
        return {}
    found = select(Result.id, Result.project_id, Result.run_id, Result.fingerprint).where(Result.id.in_(ids))
    return {row.id: (row.project_id, row.run_id, row.fingerprint) for row in db.session.execute(found)}


def _fate(row: Row, stored: _Stored | None) -> Fate:
    if stored is None or stored[0] != row["project_id"]:
        return Fate.ELSEWHERE
    if stored[2] == row["fingerprint"]:
        return Fate.SAME
    return Fate.CHANGED if stored[1] == row["run_id"] else Fate.ELSEWHERE
