"""What is sent: batches, JUnit files, archives and single requests, and what must be stored of each."""

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

OUTCOMES = ("passed", "failed", "skipped", "error")
SIZES = {"batch": 1000, "junit": 2000, "archive": 300}
KINDS = ("batch", "batch", "junit", "batch", "archive", "junit")
ARTIFACT_EVERY = 10
FILE_BYTES = (1, 1000, 20_000, 300_000)
SERVER_MADE = ("junit", "keyed")
"""How the tests begin whose results have ids that the server made."""

Row = tuple[str | None, str, str, float, int | None]
"""Id (None where the server makes it), test, outcome, duration, and the number in its metadata."""


File = tuple[str, str, str]
"""Id of the result or run that it belongs to, name, and SHA-256 in hexadecimal digits."""


@dataclass
class Parcel:
    """One run on its way, with the rows and the files that it must become.

    It is one request, or as `single` and `keyed` one for each thing that is in it: those with ids of their
    own, these with an Idempotency-Key; of them `files` are known when they are stored.
    """

    kind: str
    name: str
    content: bytes
    rows: list[Row]
    files: list[File] = field(default_factory=list)
    run: str | None = None


def parcels(project: str, results: int, chance: random.Random) -> list[Parcel]:
    """At least so many results, of each kind some."""
    made: list[Parcel] = []
    for parcel in endless(project, chance, kinds=KINDS, sizes=SIZES):
        made.append(parcel)
        if sum(len(one.rows) for one in made) >= results:
            return made
    raise AssertionError("unreachable")


def endless(
    project: str, chance: random.Random, *, kinds: Sequence[str], sizes: Mapping[str, int]
) -> Iterator[Parcel]:
    for number in count():
        kind = kinds[number % len(kinds)]
        yield _MAKE[kind](project, number, _rows(number, kind, sizes[kind], chance), chance)


def content_of(row: Row, chance: random.Random) -> bytes:
    """Of a file that comes with this result: text at the beginning, so that it is recognised as such."""
    return f"the log of {row[1]}\n".encode() + chance.randbytes(chance.choice(FILE_BYTES)).hex().encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _rows(number: int, kind: str, size: int, chance: random.Random) -> list[Row]:
    return [
        (
            None if kind in SERVER_MADE else _id(chance),
            f"{kind}_{number}.case_{i}",
            chance.choice(OUTCOMES),
            round(chance.random() * 10, 3),
            None if kind == "junit" else i,
        )
        for i in range(size)
    ]


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def result(row: Row) -> dict[str, object]:
    """As it is posted; without an id where the server makes it."""
    id_, test, outcome, duration, number = row
    return {
        **({} if id_ is None else {"id": id_}),
        "test_id": test,
        "result": outcome,
        "duration": duration,
        "start_time": "2026-11-20T08:41:00+00:00",
        "metadata": {"number": number, "sort": f"sort {(number or 0) % 7}", "why": "because" * 20},
    }


def _batch(project: str, number: int, rows: list[Row], chance: random.Random) -> Parcel:
    run = _id(chance)
    lines: list[dict[str, object]] = [
        {"type": "run", "id": run, "project_id": project, "metadata": {"kind": "batch"}}
    ]
    lines += [{**result(row), "run_id": run, "project_id": project} for row in rows]
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return Parcel("batch", f"{number}.ndjson", content, rows, run=run)


_IN_JUNIT = {
    "passed": "",
    "failed": '<failure type="AssertionError" message="no">a\nb</failure>',
    "error": '<error type="OSError" message="gone">c</error>',
    "skipped": '<skipped message="later"/>',
}


def _junit(_project: str, number: int, rows: list[Row], _chance: random.Random) -> Parcel:
    cases = "".join(
        f'<testcase classname="{test.partition(".")[0]}" name="{test.partition(".")[2]}" time="{duration}">'
        f"{_IN_JUNIT[outcome]}</testcase>\n"
        for _, test, outcome, duration, _ in rows
    )
    text = f'<testsuites><testsuite name="suite-{number}">{cases}</testsuite></testsuites>'
    return Parcel("junit", f"{number}.xml", text.encode(), rows)


def _archive(project: str, number: int, rows: list[Row], chance: random.Random) -> Parcel:
    run = _id(chance)
    logs = {str(row[0]): f"the log of {row[0]}" for row in rows[::ARTIFACT_EVERY]}
    files = [(id_, "case.log", digest(log.encode())) for id_, log in logs.items()]
    described = {
        "id": run,
        "project_id": project,
        "metadata": {"kind": "archive"},
        "start_time": "2026-11-20T08:41:00+00:00",
    }
    members = {f"{run}/run.json": json.dumps(described)}
    members |= {f"{run}/{row[0]}/result.json": json.dumps({**result(row), "run_id": run}) for row in rows}
    members |= {f"{run}/{id_}/case.log": log for id_, log in logs.items()}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return Parcel("archive", f"{number}.tar.gz", packed.getvalue(), rows, files, run)


def _single(_project: str, number: int, rows: list[Row], chance: random.Random) -> Parcel:
    return Parcel("single", f"single {number}", b"", rows, run=_id(chance))


def _keyed(_project: str, number: int, rows: list[Row], _chance: random.Random) -> Parcel:
    return Parcel("keyed", f"keyed {number}", b"", rows)


_MAKE = {"batch": _batch, "junit": _junit, "archive": _archive, "single": _single, "keyed": _keyed}
