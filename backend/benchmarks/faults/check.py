"""What is in the database in the end, against what was sent."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, create_engine, text

from benchmarks.faults.parcels import SERVER_MADE, File, Parcel, Row
from ibutsu_server.domain.counts import COLUMN_OF_OUTCOME

SHOWN = 10


def differences(database_url: str, project: str, sent: Sequence[Parcel]) -> list[str]:
    """A line for each thing that is not as it must be; asks the database itself, not the product."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            stored = _Stored(connection, project)
            return [*_of_results(stored, sent), *_of_files(stored, sent), *_of_runs(stored, sent)]
    finally:
        engine.dispose()


class _Stored:
    """The rows of one project."""

    def __init__(self, connection: Connection, project: str) -> None:
        self._connection = connection
        # SQLite keeps ids without dashes.
        is_bare = connection.dialect.name == "sqlite"
        self._project = project.replace("-", "") if is_bare else project

    def rows(self, statement: str) -> Sequence[Any]:
        """What a statement gives that ends with the condition on the project."""
        asked = text(f"{statement} CAST(project_id AS VARCHAR(36)) = :project")
        return self._connection.execute(asked, {"project": self._project}).all()


def _of_results(stored: _Stored, sent: Sequence[Parcel]) -> Iterator[str]:
    wanted: Counter[Row] = Counter(row for parcel in sent for row in parcel.rows)
    found: Counter[Row] = Counter(map(_row, stored.rows(_RESULTS)))
    print(f"  {wanted.total()} results sent, {found.total()} stored", flush=True)
    yield from _compare("result", wanted, found)


_RESULTS = "SELECT CAST(id AS VARCHAR(36)), test_id, result, duration, data FROM results WHERE"


def _row(found: Any) -> Row:
    id_, test, outcome, duration, data = found
    metadata = json.loads(data) if isinstance(data, str) else data or {}
    is_ours = not test.startswith(SERVER_MADE)
    return (_id(id_) if is_ours else None, test, outcome, duration, metadata.get("number"))


def _id(text_: str) -> str:
    bare = text_.replace("-", "")
    return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"


def _of_files(stored: _Stored, sent: Sequence[Parcel]) -> Iterator[str]:
    """Those that were sent; JUnit files have tracebacks besides, one for each failure and error."""
    found: Counter[File] = Counter(
        (_id(result or run), name, bytes(digest).hex()) for result, run, name, digest in stored.rows(_FILES)
    )
    logs = Counter({file: number for file, number in found.items() if file[1] == "case.log"})
    wanted: Counter[File] = Counter(file for parcel in sent for file in parcel.files)
    print(f"  {wanted.total()} artifacts sent, {logs.total()} stored", flush=True)
    yield from _compare("artifact", wanted, logs)
    failed = sum(
        row[2] in {"failed", "error"} for parcel in sent if parcel.kind == "junit" for row in parcel.rows
    )
    tracebacks = found.total() - logs.total()
    if tracebacks != failed:
        yield f"{tracebacks} tracebacks instead of {failed}"


_FILES = """SELECT CAST(result_id AS VARCHAR(36)), CAST(run_id AS VARCHAR(36)), filename, digest
FROM artifacts WHERE"""


def _of_runs(stored: _Stored, sent: Sequence[Parcel]) -> Iterator[str]:
    columns = ", ".join(COLUMN_OF_OUTCOME.values())
    runs = stored.rows(f"SELECT id, tests, result_count, {columns} FROM runs WHERE")
    if len(runs) != len(sent):
        yield f"{len(runs)} runs instead of {len(sent)}"
    counted: Counter[tuple[str, str]] = Counter()
    places: defaultdict[str, set[str]] = defaultdict(set)
    for run_id, test, outcome in stored.rows("SELECT run_id, test_id, result FROM results WHERE"):
        counted[str(run_id), outcome] += 1
        places[test.partition(".")[0]].add(str(run_id))
    yield from (f"the results of {name} are in {len(of)} runs" for name, of in places.items() if len(of) > 1)
    for run_id, tests, results, *told in runs:
        true = [counted[str(run_id), outcome] for outcome in COLUMN_OF_OUTCOME]
        if (told, tests, results) != (true, sum(true), sum(true)):
            yield f"run {run_id} says {told} of {tests}, and has {true}"


def _compare(what: str, wanted: Counter[object], stored: Counter[object]) -> Iterator[str]:  # type: ignore[type-arg]
    for word, difference in (("lost", wanted - stored), ("doubled or not sent", stored - wanted)):
        if difference:
            shown = ", ".join(map(str, list(difference)[:SHOWN]))
            yield f"{difference.total()} {what}s {word}: {shown}"
