"""What is in the database in the end, against what was sent."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, create_engine, text

from benchmarks.faults.parcels import Parcel, Row
from ibutsu_server.domain.counts import COLUMN_OF_OUTCOME

SHOWN = 10


def differences(database_url: str, sent: Sequence[Parcel]) -> list[str]:
    """A line for each thing that is not as it must be; asks the database itself, not the product."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return [*_of_results(connection, sent), *_of_files(connection, sent), *_of_runs(connection, sent)]
    finally:
        engine.dispose()


def _of_results(connection: Connection, sent: Sequence[Parcel]) -> Iterator[str]:
    wanted: Counter[Row] = Counter(row for parcel in sent for row in parcel.rows)
    stored: Counter[Row] = Counter(map(_row, connection.execute(text(_RESULTS))))
    print(f"  {wanted.total()} results sent, {stored.total()} stored", flush=True)
    yield from _compare("result", wanted, stored)


_RESULTS = "SELECT CAST(id AS VARCHAR(36)) AS id, test_id, result, duration, data FROM results"


def _row(found: object) -> Row:
    id_, test, outcome, duration, data = found  # type: ignore[misc]
    metadata = json.loads(data) if isinstance(data, str) else data or {}
    is_ours = not test.startswith("junit")
    return (_id(id_) if is_ours else None, test, outcome, duration, metadata.get("number"))


def _id(text_: str) -> str:
    """SQLite keeps ids without dashes."""
    bare = text_.replace("-", "")
    return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"


def _of_files(connection: Connection, sent: Sequence[Parcel]) -> Iterator[str]:
    """Those of archives; JUnit files have tracebacks, one for each failure and error."""
    found = connection.execute(text("SELECT CAST(result_id AS VARCHAR(36)), filename FROM artifacts"))
    stored = Counter((_id(id_), name) for id_, name in found)
    logs = Counter({key: number for key, number in stored.items() if key[1] == "case.log"})
    yield from _compare("artifact", Counter(file for parcel in sent for file in parcel.files), logs)
    failed = sum(
        row[2] in {"failed", "error"} for parcel in sent if parcel.kind == "junit" for row in parcel.rows
    )
    tracebacks = stored.total() - logs.total()
    if tracebacks != failed:
        yield f"{tracebacks} tracebacks instead of {failed}"


def _of_runs(connection: Connection, sent: Sequence[Parcel]) -> Iterator[str]:
    columns = ", ".join(COLUMN_OF_OUTCOME.values())
    runs = connection.execute(text(f"SELECT id, tests, result_count, {columns} FROM runs")).all()
    if len(runs) != len(sent):
        yield f"{len(runs)} runs instead of {len(sent)}"
    counted: Counter[tuple[str, str]] = Counter()
    for run_id, outcome, number in connection.execute(text(_COUNTS)):
        counted[str(run_id), outcome] = number
    for run_id, tests, results, *told in runs:
        true = [counted[str(run_id), outcome] for outcome in COLUMN_OF_OUTCOME]
        if (told, tests, results) != (true, sum(true), sum(true)):
            yield f"run {run_id} says {told} of {tests}, and has {true}"


_COUNTS = "SELECT run_id, result, count(*) FROM results GROUP BY run_id, result"


def _compare(what: str, wanted: Counter[object], stored: Counter[object]) -> Iterator[str]:  # type: ignore[type-arg]
    for word, difference in (("lost", wanted - stored), ("doubled or not sent", stored - wanted)):
        if difference:
            shown = ", ".join(map(str, list(difference)[:SHOWN]))
            yield f"{difference.total()} {what}s {word}: {shown}"
