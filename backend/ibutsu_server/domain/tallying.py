"""Counting the results of runs that have come to rest, for `ibutsu_server.tallies`.

A run is read without any lock, and its counts are stored only if nothing has changed in it meanwhile: whoever
changes results counts that in `runs.changes` within the same transaction.  In a project one at a time stores.
"""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Text, cast, delete, or_, select, tuple_, update

from ibutsu_server import tallies
from ibutsu_server.db import db
from ibutsu_server.db.models import DailyTally, Project, Result, Run, RunTally, TalliedField
from ibutsu_server.db.types import JSONObject, now
from ibutsu_server.db.writes import lose_it_rather_than_wait
from ibutsu_server.filters.fields import is_array

REST = timedelta(seconds=20)
"""Without a change for so long a run has come to rest."""

RUNS = 20
RESULTS = 10_000
"""At most so many runs, or one run of more than so many results, are stored in one transaction."""

DAYS = 366
"""A run with results of more days is not counted."""

VALUES = 300
"""A field with more values on one day is wide, that is, not counted any more."""

VALUE_CHARACTERS = 255
DEPTH = 3
"""Levels of metadata that are looked into."""

FIELDS = 100
"""Fields of a project that are counted; more are wide from the beginning, up to KNOWN_FIELDS."""

KNOWN_FIELDS = 1000

_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ROWS = 1000
_LEAVES = 1000

_Counts = defaultdict[str, Counter[str]]
_Leaf = tuple[str, str, str]
"""Field, value and outcome of a result."""


@dataclass
class _Day:
    """The results of one run that started on one day: how often there is which field, value and outcome."""

    first: datetime
    last: datetime
    leaves: list[_Leaf] = field(default_factory=list)
    """What `count` adds to `seen`: many at once are counted in half the time."""

    seen: Counter[_Leaf] = field(default_factory=Counter)

    def count(self) -> None:
        self.seen.update(self.leaves)
        self.leaves.clear()

    def by_field(self) -> dict[str, _Counts]:
        found: defaultdict[str, _Counts] = defaultdict(_counts)
        for (name, value, outcome), number in self.seen.items():
            found[name][value][outcome] = number
        return found


class _Found(NamedTuple):
    """A run that is to be counted, as it was when it was found."""

    id: uuid.UUID
    start_time: datetime
    changes: int
    result_count: int


class _Read(NamedTuple):
    run: _Found
    days: dict[date, _Day]


def _counts() -> _Counts:
    return defaultdict(Counter)


def tally(rest: timedelta = REST) -> int:
    """Count the runs that have come to rest and are not counted as they are; returns how many were."""
    return sum(_tally_project(project_id, rest) for project_id in _projects(rest))


def leave(run_id: uuid.UUID) -> None:
    """The run is in another project now: what was counted of it is outdated where it was counted."""
    db.session.execute(update(RunTally).where(RunTally.run_id == run_id).values(run_id=None))


def _projects(rest: timedelta) -> list[uuid.UUID]:
    changed = select(Run.project_id).where(~Run.is_tallied, _rests(rest))
    gone = select(RunTally.project_id).where(RunTally.run_id.is_(None))
    return sorted(db.session.scalars(changed.union(gone)))


def _rests(rest: timedelta) -> ColumnElement[bool]:
    return or_(Run.changed.is_(None), Run.changed <= now() - rest)


def _tally_project(project_id: uuid.UUID, rest: timedelta) -> int:
    done, last = 0, None
    while True:
        found = _found(project_id, rest, last)
        is_wide = select(TalliedField.field).filter_by(project_id=project_id, is_wide=True)
        wide = set(db.session.scalars(is_wide))
        read = [_Read(run, days) for run in found if (days := _read(run.id, wide)) is not None]
        db.session.commit()
        done += _store(project_id, read, wide)
        db.session.commit()
        if not found:
            return done
        last = found[-1]


def _found(project_id: uuid.UUID, rest: timedelta, last: _Found | None) -> list[_Found]:
    """Runs of the same day are stored together."""
    columns = Run.id, Run.start_time, Run.changes, Run.result_count
    untallied = select(*columns).where(Run.project_id == project_id, ~Run.is_tallied, _rests(rest))
    if last is not None:
        untallied = untallied.where(tuple_(Run.start_time, Run.id) > tuple_(last.start_time, last.id))
    found: list[_Found] = []
    for row in db.session.execute(untallied.order_by(Run.start_time, Run.id).limit(RUNS)):
        if found and sum(run.result_count for run in found) + row.result_count > RESULTS:
            break
        found.append(_Found(*row))
    return found


def _read(run_id: uuid.UUID, wide: set[str]) -> dict[date, _Day] | None:
    """Count one run, however large; `wide` gets the fields that turn out to be so.  None: too many days."""
    document = cast(Result.data, Text)  # read one by one: many at once would keep the garbage collector busy
    columns = Result.start_time, Result.result, document, Result.component, Result.env, Result.source
    results = select(*columns).where(Result.run_id == run_id).execution_options(yield_per=_ROWS)
    days: dict[date, _Day] = {}
    metadata = _Place("metadata", wide)
    with db.session.execute(results) as rows:
        for start, outcome, data, *values in rows:
            day = days.get(start.date()) or days.setdefault(start.date(), _Day(start, start))
            day.first, day.last = min(day.first, start), max(day.last, start)
            if len(days) > DAYS:
                return None
            for name, value in zip(tallies.COLUMNS, (*values, outcome), strict=True):
                if value is not None:
                    day.leaves.append((name, value, outcome or ""))
            metadata.find(orjson.loads(data or "{}"), outcome or "", day.leaves)
            if len(day.leaves) > _LEAVES:
                day.count()
    for day in days.values():
        day.count()
        values_of = Counter(name for name, _ in {(name, value) for name, value, _ in day.seen})
        wide.update(name for name, number in values_of.items() if number > VALUES)
    return days


class _Place(dict[str, str]):
    """By key, what filters call a value at some place in the metadata; empty for what is not counted there.

    That is what they cannot name, lists, and fields that are wide already.
    """

    def __init__(self, name: str, wide: set[str]) -> None:
        super().__init__()
        self._name, self._wide = name, wide
        self._inner: dict[str, _Place | None] = {}

    def __missing__(self, key: str) -> str:
        name = f"{self._name}.{key}"
        name = "" if is_array(name) or name in self._wide or not _KEY.fullmatch(key) else name
        if len(self) < KNOWN_FIELDS:
            self[key] = name
        return name

    def find(self, data: JSONObject, outcome: str, leaves: list[_Leaf]) -> None:
        """Fields and values as filters read them; what cannot be counted becomes wide."""
        for key, value in data.items():
            kind = type(value)
            if kind is dict and (inner := self._inside(key)) is not None:
                inner.find(value, outcome, leaves)
            elif not (name := self[key]) or value is None:
                continue
            elif kind is str and len(value) <= VALUE_CHARACTERS:
                leaves.append((name, value, outcome))
            elif kind is int or kind is bool:
                leaves.append((name, str(value).lower(), outcome))
            else:
                self._widen(key)

    def _inside(self, key: str) -> "_Place | None":
        if key in self._inner:
            return self._inner[key]
        self._widen(key)
        name = f"{self._name}.{key}"
        has_names = self._name.count(".") < DEPTH - 1 and _KEY.fullmatch(key) and not is_array(name)
        inner = _Place(name, self._wide) if has_names else None
        if len(self._inner) < KNOWN_FIELDS:
            self._inner[key] = inner
        return inner

    def _widen(self, key: str) -> None:
        if name := self[key]:
            self._wide.add(name)
            self.pop(key, None)  # and is empty the next time


def _store(project_id: uuid.UUID, read: Sequence[_Read], wide: set[str]) -> int:
    """In place of what was counted of these runs before, and of runs that are gone."""
    lose_it_rather_than_wait()
    lock = select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    if db.session.scalar(lock) is None:
        return 0
    unchanged = _unchanged(project_id, read)
    ids = [one.run.id for one in unchanged]
    outdated = (RunTally.project_id == project_id, or_(RunTally.run_id.in_(ids), RunTally.run_id.is_(None)))
    changes: defaultdict[tuple[str, date], _Counts] = defaultdict(_counts)
    for old in _deleted(*outdated):
        tallies.add(changes[old.field, old.day], old.counts, -1)
    counted = _counted_fields(project_id, unchanged, wide)
    rows = [row for one in unchanged for row in _rows(project_id, one, counted)]
    for row in rows:
        tallies.add(changes[row["field"], row["day"]], row["counts"], 1)
    if rows:
        db.session.execute(RunTally.__table__.insert(), rows)  # type: ignore[attr-defined]
    _widen(project_id, _add_to_days(project_id, changes, counted))
    db.session.execute(update(Run).where(Run.id.in_(ids)).values(is_tallied=True))
    return len(ids)


def _deleted(*outdated: ColumnElement[bool]) -> Sequence[Any]:
    """In one statement: a run that is deleted at this moment leaves its own for the next time."""
    columns = RunTally.field, RunTally.day, RunTally.counts
    statement = delete(RunTally).where(*outdated).execution_options(synchronize_session=False)
    return db.session.execute(statement.returning(*columns)).all()


def _unchanged(project_id: uuid.UUID, read: Sequence[_Read]) -> list[_Read]:
    """Those in which nothing has happened since they were found, and nothing happens now."""
    ids = sorted(one.run.id for one in read)
    now_there = select(Run.id, Run.changes).where(Run.id.in_(ids), Run.project_id == project_id)
    locked = db.session.execute(now_there.with_for_update(key_share=True, skip_locked=True))
    changes = {row.id: row.changes for row in locked}
    return [one for one in read if changes.get(one.run.id) == one.run.changes]


def _counted_fields(project_id: uuid.UUID, read: Sequence[_Read], wide: set[str]) -> set[str]:
    """Those of the project, with new ones as long as there are not too many."""
    known = {row.field: row.is_wide for row in db.session.scalars(_fields(project_id))}
    counted = {name for name, is_wide in known.items() if not is_wide}
    seen = {name for one in read for day in one.days.values() for name, _, _ in day.seen} | wide
    for name in sorted(seen - known.keys())[: max(KNOWN_FIELDS - len(known), 0)]:
        is_wide = name in wide or len(counted) >= FIELDS
        db.session.add(TalliedField(project_id=project_id, field=name, is_wide=is_wide))
        counted |= set() if is_wide else {name}
    db.session.flush()
    _widen(project_id, counted & wide)
    return counted - wide


def _fields(project_id: uuid.UUID) -> Any:
    return select(TalliedField).where(TalliedField.project_id == project_id)


def _rows(project_id: uuid.UUID, read: _Read, counted: set[str]) -> Iterator[dict[str, Any]]:
    for day, of_day in read.days.items():
        span = {"run_id": read.run.id, "project_id": project_id, "day": day}
        span |= {"first": of_day.first, "last": of_day.last}
        for name, counts in sorted(of_day.by_field().items()):
            if name in counted:
                yield {**span, "field": name, "counts": counts}


def _add_to_days(
    project_id: uuid.UUID, changes: dict[tuple[str, date], _Counts], counted: set[str]
) -> set[str]:
    """Returns the fields that have got too many values on one of the days."""
    days = {day for _, day in changes}
    there = select(DailyTally).where(DailyTally.project_id == project_id, DailyTally.day.in_(days))
    stored = {(row.field, row.day): row for row in db.session.scalars(there)} if days else {}
    wide = set()
    for (name, day), more in changes.items():
        if name not in counted:
            continue
        tally = stored.get((name, day))
        total = _counts()
        tallies.add(total, tally.counts if tally else {}, 1)
        tallies.add(total, more, 1)
        counts = {value: dict(left) for value, outcomes in total.items() if (left := +outcomes)}
        if len(counts) > VALUES:
            wide.add(name)
        if tally is None:
            db.session.add(DailyTally(project_id=project_id, field=name, day=day, counts=counts))
        else:
            tally.counts = counts
    db.session.flush()
    return wide


def _widen(project_id: uuid.UUID, names: set[str]) -> None:
    """From now on these fields are not counted."""
    if names:
        for entity in (DailyTally, RunTally):
            db.session.execute(delete(entity).where(entity.project_id == project_id, entity.field.in_(names)))
        fields = TalliedField.project_id == project_id, TalliedField.field.in_(names)
        db.session.execute(update(TalliedField).where(*fields).values(is_wide=True))
