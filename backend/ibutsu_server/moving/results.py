"""Results: stored by the thousand and counted in the same transaction, so that none counts twice."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, or_

from ibutsu_server.db.models import Result
from ibutsu_server.db.types import now
from ibutsu_server.db.writes import lose_it_rather_than_wait
from ibutsu_server.domain.intake import Intake
from ibutsu_server.domain.prefetch import ahead
from ibutsu_server.moving import store, values
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.runs import Placed
from ibutsu_server.moving.source import Raw, is_one_of
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import LeftOut, Notes, document, id_of, moment, seconds


def move_of_runs(move: Move, page: Sequence[str], runs: Placed, new: set[str]) -> None:
    """Those of new runs are read at once; of runs that were here, first which of them are missing."""
    run_id = move.source.results.c.run_id
    if new:
        _move(move, ahead(_rows(move, is_one_of(run_id, sorted(new)), runs)))
    others = [raw for raw in page if raw not in new]
    if others:
        _move(move, _missing(move, is_one_of(run_id, others), runs))


def move_of_none(move: Move, place: str | None) -> None:
    """Those of a project, or of none, that belong to no run."""
    source, results = move.source, move.source.results.c
    alone = results.run_id.is_(None) if source.is_sound else source.runs.c.id.is_(None)
    _move(move, _missing(move, of_place(move, results.project_id, place) & alone, {}))


def of_place(move: Move, column: Any, place: str | None) -> ColumnElement[bool]:
    if place is not None:
        return is_one_of(column, [place])
    return or_(column.is_(None), ~is_one_of(column, list(move.places)))


def _rows(move: Move, condition: ColumnElement[bool], runs: Placed) -> Iterator[tuple[int, list[Row]]]:
    """How many were read, and the rows that they become."""
    results = move.source.results.c
    found = move.source.placed("result", *move.source.columns("results")).where(condition)
    for batch in move.source.batches(found.order_by(results.run_id, results.start_time, results.id)):
        yield len(batch), move.rows("result", batch, _Conversion(move, runs))


def _missing(move: Move, condition: ColumnElement[bool], runs: Placed) -> Iterator[tuple[int, list[Row]]]:
    results = move.source.results.c
    found = move.source.placed("result").where(condition)
    for batch in move.source.batches(found.order_by(results.run_id, results.start_time, results.id)):
        known = store.there(Result, {id_of(raw["id"]) for raw in batch})
        missing = [raw["id"] for raw in batch if id_of(raw["id"]) not in known]
        seen = len(batch) - len(missing)
        yield seen, []
        if missing:
            yield from _rows(move, is_one_of(results.id, missing), runs)


def _move(move: Move, batches: Iterator[tuple[int, list[Row]]]) -> None:
    for seen, rows in batches:
        if rows and not move.is_dry:
            lose_it_rather_than_wait()
            intake = Intake()
            store.in_parts(rows, intake.add, partial(move.refuse, "result"))
            intake.finish()
        move.commit()
        move.progress.add(seen, len(rows))


class _Conversion:
    def __init__(self, move: Move, runs: Placed) -> None:
        self._move = move
        self._runs = runs

    def __call__(self, raw: Raw, notes: Notes) -> Row:
        row: Row = {
            "id": id_of(raw["id"]),
            "attempts": None,
            "fingerprint": None,
            "duration": seconds(raw["duration"], notes),
            "start_time": moment(raw["start_time"]) or now(),
            "data": document(raw["data"], "metadata", notes) or {},
            "params": document(raw["params"], "params", notes),
            "source": raw["source"],
        }
        row |= {name: raw[name] for name in ("result", "test_id", "component", "env")}
        self._place(row, raw, notes)
        if raw["start_time"] is None:
            notes.add("its start_time is no time that there is: it has that of the move")
        for name in ("component", "env"):
            values.label(row, name, notes)
        values.test_id(row, notes)
        values.outcome(row, notes)
        return row

    def _place(self, row: Row, raw: Raw, notes: Notes) -> None:
        own = self._move.places.get(raw["project_id"])
        if raw["run_id"] in self._runs:
            row["run_id"], row["project_id"] = self._runs[raw["run_id"]]
            if own is None or own.id != row["project_id"]:
                notes.add("it is not in the project of its run: it follows its run", raw["project_id"])
            return
        if own is None:
            raise LeftOut("it belongs to no project")
        row["run_id"], row["project_id"] = None, own.id
        if raw["run_id"] is not None:
            notes.add("its run is gone: it has none", raw["run_id"])
