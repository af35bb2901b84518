"""A batch: many results, and runs, in one request and one transaction.

What is wrong with a line is told with its number, and does not keep the others out.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

import orjson
from sqlalchemy import select

from ibutsu_server import openapi, schemas
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import quotas, results, runs
from ibutsu_server.domain.intake import Fate, Intake, Row
from ibutsu_server.domain.metadata import fingerprint, with_metadata
from ibutsu_server.domain.policies import UNLIMITED, Policy
from ibutsu_server.domain.prefetch import ahead
from ibutsu_server.errors import Conflict, Forbidden, Invalid, NotFound, RejectedLines, TooLarge

LINES = 50_000
"""Of one batch: it is one transaction, for which others may have to wait."""

CHUNK = 1000
SCHEMAS = {"result": "NewResult", "run": "NewRun"}

Refusal = Invalid | Forbidden | Conflict | NotFound
REFUSALS = (Invalid, Forbidden, Conflict, NotFound)


class Line(NamedTuple):
    """A line that was read, `kind` is result or run; a result has a `row`, which lacks its project."""

    number: int
    kind: str
    body: JSONObject
    row: Row | None = None
    error: Invalid | None = None


class Stored(NamedTuple):
    """What became of the lines; `rejected` tells of each of those what is wrong."""

    runs: int
    accepted: int
    replayed: int
    rejected: list[JSONObject]


def store(
    scope: Scope, texts: Iterable[bytes], *, project: str | None, strict: bool, policy: Policy = UNLIMITED
) -> Stored:
    """Store what can be stored; lines are read in one thread while the database works in another.

    `project` is that of lines that name none.  Raises Forbidden where the caller may
    store none of the lines, RejectedLines where no line is good, and with `strict`
    where one is not; TooLarge for too many, QuotaExceeded.
    """
    batch = _Batch(scope, project)
    for lines in ahead(_read(texts)):
        batch.take(lines)
        if strict and batch.rejected:
            break
    else:
        batch.finish(policy)
    if batch.forbidden and not batch.stored and len(batch.rejected) == len(batch.forbidden):
        raise batch.forbidden[0]
    rejected = sorted(batch.rejected, key=itemgetter("line"))
    if rejected and (strict or not batch.stored):
        raise RejectedLines(_told(rejected), rejected)
    return Stored(batch.runs, batch.accepted, batch.replayed, rejected)


def _told(rejected: Sequence[JSONObject]) -> str:
    lines = "1 line" if len(rejected) == 1 else f"{len(rejected)} lines"
    first = rejected[0]
    return f"{lines} cannot be stored, so nothing was; line {first['line']}: {first['message']}"


def _read(texts: Iterable[bytes]) -> Iterator[list[Line]]:
    numbered = _numbered(texts)
    is_empty = True
    while chunk := [_line(number, text) for number, text in islice(numbered, CHUNK)]:
        is_empty = False
        yield chunk
    if is_empty:
        raise Invalid("The batch is empty")


def _numbered(texts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank; all count, so that endless blank ones come to an end as well."""
    for number, text in enumerate(texts, 1):
        if number > LINES:
            raise TooLarge(f"A batch has at most {LINES} lines")
        if text.strip():
            yield number, text


def _line(number: int, text: bytes) -> Line:
    body: JSONObject = {}
    try:
        body = _object(text)
        kind = body.pop("type", "result")
        _check(kind, body)
        body = with_metadata(body)
        return Line(number, kind, body, results.from_report(body) if kind == "result" else None)
    except Invalid as error:
        return Line(number, "", body, error=error)


def _object(text: bytes) -> JSONObject:
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"This is no valid JSON: {error}") from None
    if not isinstance(body, dict):
        raise Invalid("This is no JSON object")
    if not schemas.is_surely_storable(text):
        schemas.require_storable(body)
    return body


def _check(kind: object, body: JSONObject) -> None:
    if not isinstance(kind, str) or kind not in SCHEMAS:
        raise Invalid(f"type is one of {', '.join(SCHEMAS)}", field="type")
    for field, message in schemas.faults(body, openapi.schema(SCHEMAS[kind])):
        raise Invalid(message, field=field)
    if not body.get("id"):
        raise Invalid("id is required, a UUID of your own: by it a repeated batch is recognised", field="id")


class _Batch:
    """Runs are made when their line comes, and changed at the end, when their results are counted."""

    def __init__(self, scope: Scope, project: str | None) -> None:
        self.runs = self.accepted = self.replayed = 0
        self.rejected: list[JSONObject] = []
        self.forbidden: list[Forbidden] = []
        self._scope = scope
        self._project = project
        self._added: Counter[uuid.UUID] = Counter()
        self._intake = Intake()
        self._changes: list[Line] = []
        self._projects: dict[str, uuid.UUID | Refusal] = {}
        self._places: dict[uuid.UUID, uuid.UUID | None] = {}

    @property
    def stored(self) -> int:
        return self.runs + self.accepted + self.replayed

    def take(self, lines: Sequence[Line]) -> None:
        placed = [(line, row) for line in lines if (row := self._begun(line)) is not None]
        self._look_up({row["run_id"] for _, row in placed} - {None})
        good = [(line, row) for line, row in placed if self._has_run(line, row)]
        fates = self._intake.add([row for _, row in good])
        for (line, row), fate in zip(good, fates, strict=True):
            self._note(line, row, fate)

    def finish(self, policy: Policy) -> None:
        for project_id, count in self._added.items():
            quotas.require_results(project_id, count, default=policy)
        self._intake.finish()
        for line in sorted(self._changes, key=lambda line: str(line.body["id"])):
            try:
                self._change(line.body)
            except REFUSALS as error:
                self._reject(line, error)

    def _begun(self, line: Line) -> Row | None:
        """The row of a result; none for a run, which is looked after here, and for what is wrong."""
        try:
            if line.error:
                raise line.error
            if line.row is not None:
                return {**line.row, "project_id": self._project_of(line.body)}
            self._take_run(line)
        except REFUSALS as error:
            self._reject(line, error)
        return None

    def _project_of(self, body: JSONObject) -> uuid.UUID:
        name = (body.get("metadata") or {}).get("project") or body.get("project_id") or self._project
        if not isinstance(name, str):
            raise Invalid("project_id or metadata.project is required, a name or an id", field="project_id")
        if name not in self._projects:
            self._projects[name] = self._asked_for(name)
        found = self._projects[name]
        if isinstance(found, uuid.UUID):
            return found
        raise found

    def _asked_for(self, name: str) -> uuid.UUID | Refusal:
        try:
            return self._scope.project_id(name)
        except (Invalid, Forbidden) as error:
            return error

    def _take_run(self, line: Line) -> None:
        body = line.body
        asked = select(Run.fingerprint).where(Run.id == uuid.UUID(body["id"]))
        there = db.session.execute(asked).one_or_none()
        if there is not None and there.fingerprint != fingerprint(body):
            self._changes.append(line)
            return
        if not body.get("metadata"):
            raise Invalid("metadata is required and must not be empty", field="metadata")
        runs.add(self._project_of(body), body, reporter_id=self._scope.user.id)
        self.runs += 1

    def _change(self, body: JSONObject) -> None:
        run = self._scope.get(Run, body["id"], lock=True)
        self._scope.require_change(run)
        runs.change(run, body, project_id=None)
        self.runs += 1

    def _look_up(self, run_ids: set[uuid.UUID]) -> None:
        """Which project each run is in, until the commit."""
        asked = sorted(run_ids - self._places.keys())
        if not asked:
            return
        found = select(Run.id, Run.project_id).where(Run.id.in_(asked)).order_by(Run.id)
        there = db.session.execute(found.with_for_update(read=True, key_share=True)).all()
        self._places |= dict.fromkeys(asked) | {row.id: row.project_id for row in there}

    def _has_run(self, line: Line, row: Row) -> bool:
        if row["run_id"] is None or self._places[row["run_id"]] == row["project_id"]:
            return True
        self._reject(line, Invalid(f"There is no run {row['run_id']} in this project", field="run_id"))
        return False

    def _note(self, line: Line, row: Row, fate: Fate) -> None:
        if fate is Fate.NEW:
            self.accepted += 1
            self._added[row["project_id"]] += 1
        elif fate is Fate.SAME:
            self.replayed += 1
        else:
            self._reject(line, Conflict(f"Result id {row['id']} already exist", field="id"))

    def _reject(self, line: Line, error: Refusal) -> None:
        if isinstance(error, Forbidden):
            self.forbidden.append(error)
        told = {"line": line.number, "id": line.body.get("id"), "field": error.field or ""}
        self.rejected.append({**told, "message": error.message})
