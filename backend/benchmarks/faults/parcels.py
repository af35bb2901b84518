"""What is sent: batches, JUnit files and archives, and what must be stored of each."""

import io
import json
import random
import tarfile
from dataclasses import dataclass, field
from uuid import UUID

OUTCOMES = ("passed", "failed", "skipped", "error")
SIZES = {"batch": 1000, "junit": 2000, "archive": 300}
KINDS = ("batch", "batch", "junit", "batch", "archive", "junit")
ARTIFACT_EVERY = 10

Row = tuple[str | None, str, str, float, int | None]
"""Id (None where the server makes it), test, outcome, duration, and the number in its metadata."""


@dataclass
class Parcel:
    """One request, with the rows and the files that it must become."""

    kind: str
    name: str
    content: bytes
    rows: list[Row]
    files: list[tuple[str, str]] = field(default_factory=list)


def parcels(project: str, results: int, chance: random.Random) -> list[Parcel]:
    """At least so many results, of each kind some."""
    made: list[Parcel] = []
    while sum(len(one.rows) for one in made) < results:
        kind = KINDS[len(made) % len(KINDS)]
        made.append(_MAKE[kind](project, len(made), chance))
    return made


def _rows(number: int, kind: str, chance: random.Random) -> list[Row]:
    return [
        (
            None if kind == "junit" else _id(chance),
            f"{kind}_{number}.case_{i}",
            chance.choice(OUTCOMES),
            round(chance.random() * 10, 3),
            None if kind == "junit" else i,
        )
        for i in range(SIZES[kind])
    ]


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _result(row: Row) -> dict[str, object]:
    id_, test, outcome, duration, number = row
    return {
        "id": id_,
        "test_id": test,
        "result": outcome,
        "duration": duration,
        "start_time": "2026-11-20T08:41:00+00:00",
        "metadata": {"number": number, "why": "because" * 20},
    }


def _batch(project: str, number: int, chance: random.Random) -> Parcel:
    rows, run = _rows(number, "batch", chance), _id(chance)
    lines: list[dict[str, object]] = [
        {"type": "run", "id": run, "project_id": project, "metadata": {"kind": "batch"}}
    ]
    lines += [{**_result(row), "run_id": run, "project_id": project} for row in rows]
    return Parcel(
        "batch", f"{number}.ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in lines), rows
    )


_IN_JUNIT = {
    "passed": "",
    "failed": '<failure type="AssertionError" message="no">a\nb</failure>',
    "error": '<error type="OSError" message="gone">c</error>',
    "skipped": '<skipped message="later"/>',
}


def _junit(_project: str, number: int, chance: random.Random) -> Parcel:
    rows = _rows(number, "junit", chance)
    cases = "".join(
        f'<testcase classname="{test.partition(".")[0]}" name="{test.partition(".")[2]}" time="{duration}">'
        f"{_IN_JUNIT[outcome]}</testcase>\n"
        for _, test, outcome, duration, _ in rows
    )
    text = f'<testsuites><testsuite name="suite-{number}">{cases}</testsuite></testsuites>'
    return Parcel("junit", f"{number}.xml", text.encode(), rows)


def _archive(project: str, number: int, chance: random.Random) -> Parcel:
    rows, run = _rows(number, "archive", chance), _id(chance)
    files = [(str(row[0]), "case.log") for row in rows[::ARTIFACT_EVERY]]
    described = {
        "id": run,
        "project_id": project,
        "metadata": {"kind": "archive"},
        "start_time": "2026-11-20T08:41:00+00:00",
    }
    members = {f"{run}/run.json": json.dumps(described)}
    members |= {f"{run}/{row[0]}/result.json": json.dumps({**_result(row), "run_id": run}) for row in rows}
    members |= {f"{run}/{id_}/{name}": f"the log of {id_}" for id_, name in files}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return Parcel("archive", f"{number}.tar.gz", packed.getvalue(), rows, files)


_MAKE = {"batch": _batch, "junit": _junit, "archive": _archive}
