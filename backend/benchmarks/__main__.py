"""Measure the product next to its floor: `hatch run bench`, or `python -m benchmarks --help`.

SQLite is always measured, PostgreSQL where --postgresql names a server; each measurement has databases of
its own, which are dropped afterwards.  Loaded lists are kept below --folder and used again by the next run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from benchmarks import artifact, batch, faults, imports, ingest, lists, load, load_data, widgets

GENERATOR = Path(__file__).parents[3] / "shared" / "bench" / "generate.py"
ANCHOR = "2026-11-20T00:00:00Z"
PARTS = ("ingest", "batch", "imports", "lists", "widgets", "artifact")
ALL_PARTS = (*PARTS, "load")
"""The last one takes twenty minutes, and is measured when it is asked for."""

MEBIBYTE = 1024 * 1024


def main() -> None:
    if sys.argv[1:2] == ["faults"]:
        sys.exit(faults.main(sys.argv[2:]))
    options = _options()
    databases = ["sqlite", *(["postgresql"] if options.postgresql else [])]
    for part in options.parts:
        for database in databases:
            _MEASURE[part](options, database)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        default=list(PARTS),
        help=f"of {', '.join(ALL_PARTS)}; all but load by default",
    )
    parser.add_argument("--results", type=int, default=1_000_000, help="results in the lists")
    parser.add_argument("--requests", type=int, default=4000, help="POST /api/result of all clients together")
    parser.add_argument("--batch-results", type=int, default=100_000, help="in batches, each size")
    parser.add_argument("--cases", type=int, default=50_000, help="of the JUnit file")
    parser.add_argument("--big-cases", type=int, default=200_000, help="of the file beside single results")
    parser.add_argument("--redis", default=os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9"))
    parser.add_argument("--minutes", type=float, default=10, help="of load, once everybody is there")
    parser.add_argument("--people", type=int, help="who browse; by default 200 on PostgreSQL, 20 on SQLite")
    parser.add_argument("--pipelines", type=int, help="that report; 50 and 5 by default")
    parser.add_argument("--artifact-mebibytes", type=int, default=1024)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ibutsu-bench")
    parser.add_argument(
        "--generator", type=Path, default=GENERATOR, help="script that writes the data of the lists"
    )
    parser.add_argument("--postgresql", default=os.environ.get("TEST_POSTGRESQL_URL"), help="URL of a server")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(ALL_PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


def _ingest(options: argparse.Namespace, database: str) -> None:
    processes = 2 if database == "postgresql" else 1
    with _new_database(options, database) as (url, folder):
        floor, product = ingest.measure(url, folder, processes=processes, requests=options.requests)
    print(f"\nPOST /api/result, {ingest.CLIENTS} clients, {database}, {processes} process(es)")
    print(
        f"  floor {floor:6.0f}/s   product {product:6.0f}/s   {product / floor:4.0%} of the floor", flush=True
    )


def _batch(options: argparse.Namespace, database: str) -> None:
    with _new_database(options, database) as (url, folder):
        rates = batch.measure(url, folder, results=options.batch_results)
    print(f"\nPOST /api/results, one client, one process, {database}")
    print(f"  the driver's bulk way {rates.floor:6.0f}/s", end="")
    for size, rate in (("5,000", rates.small), ("50,000", rates.large)):
        print(f"   {size} a request {rate:6.0f}/s ({rate / rates.floor:.0%} of it)", end="")
    print(f"\n  processor time: to store a result {rates.storing * 1e6:.0f} us, to count it ", end="")
    print(f"{rates.counting * 1e6:.0f} us ({rates.counting / rates.storing:.0%} of it)", flush=True)


def _imports(options: argparse.Namespace, database: str) -> None:
    with _new_database(options, database) as (url, folder):
        sizes = {"cases": options.cases, "big": options.big_cases}
        found = imports.measure(url, folder, broker=options.redis, **sizes)
    print(f"\nPOST /api/import until it is done, {database}")
    print(
        f"  JUnit, {options.cases} cases {found.junit:6.0f}/s   archive, 2000 results {found.archive:6.0f}/s"
    )
    print(
        f"  {options.big_cases} cases: the worker grew by {found.grown / MEBIBYTE:.0f} MiB; meanwhile "
        f"POST /api/result p95 {found.post_p95 * 1000:.0f} ms ({found.posts} of them)",
        flush=True,
    )


def _lists(options: argparse.Namespace, database: str) -> None:
    data = _data(options)
    with _loaded(options, database, data) as url, tempfile.TemporaryDirectory() as folder:
        measured = lists.measure(url, data, Path(folder))
    print(f"\nGET /api/result, {options.results} results in the project, {database}, ms (p50 / p95)")
    print(f"  {'':38}{'total':>9}{'HTTP':>17}{'bare driver':>19}{'target':>9}")
    for one in measured:
        aim = "" if one.target is None else f"{one.target:5.0f} {'ok' if one.p95 <= one.target else 'MISS'}"
        print(
            f"  {one.name:38}{one.total:9}{one.median:8.1f} /{one.p95:7.1f}"
            f"{one.floor_median:10.1f} /{one.floor_p95:7.1f}  {aim}",
            flush=True,
        )


def _widgets(options: argparse.Namespace, database: str) -> None:
    data = _data(options)
    with _loaded(options, database, data) as url, tempfile.TemporaryDirectory() as folder:
        counted = widgets.count(url, Path(folder))
        measured = widgets.measure(url, data, Path(folder), results=options.results)
    print(f"\nGET /api/widget/..., {options.results} results in the project, {database}, ms (p50 / p95)")
    print(f"  {counted.runs} runs were counted in {counted.seconds:.1f} s", end="")
    if counted.bytes and counted.result_bytes:
        print(f"; counts are {counted.bytes / counted.result_bytes:.1%} of the results' size", end="")
    print()
    for one in measured:
        target = one.target and one.target * (3 if database == "sqlite" else 1)
        aim = "" if target is None else f"{target:5} {'ok' if one.p95 <= target else 'MISS'}"
        print(f"  {one.name:46}{one.size:9} B{one.median:8.1f} /{one.p95:7.1f}  {aim}", flush=True)


def _artifact(options: argparse.Namespace, database: str) -> None:
    with _new_database(options, database) as (url, folder):
        moved = artifact.measure(url, folder, size=options.artifact_mebibytes * MEBIBYTE)
    print(f"\nOne artifact of {options.artifact_mebibytes} MiB, {database}")
    print(f"  up {moved.up:5.1f} s, memory +{moved.grown_up / MEBIBYTE:.0f} MiB", end="; ")
    print(f"down {moved.down:5.1f} s, memory +{moved.grown_down / MEBIBYTE:.0f} MiB", flush=True)


def _load(options: argparse.Namespace, database: str) -> None:
    people, pipelines = (200, 50) if database == "postgresql" else (20, 5)
    visits = load.Visits(options.people or people, options.pipelines or pipelines, options.minutes)
    data = _data(options)
    with _loaded(options, database, data) as original, _copied(options, database, original) as (url, folder):
        widgets.count(url, folder)
        found = load.measure(url, data, folder, broker=options.redis, visits=visits)
    print(f"\n{visits.people} people and {visits.pipelines} pipelines", end=" ")
    print(f"for {visits.minutes:g} minutes, {database}, ms")
    print(f"  {'':34}{'number':>8}{'failed':>8}{'p50':>8}{'p95':>8}{'longest':>9}")
    requests = {"a GET of a page": found.reads}
    for name, times in [*_prefixed("page: ", found.pages), *found.posts.items(), *requests.items()]:
        print(
            f"  {name:34}{times.number:8}{times.failures:8}{times.median:8.0f}{times.p95:8.0f}"
            f"{times.longest:9.0f}"
        )
    print(f"  memory {found.memory[-1] / MEBIBYTE:.0f} MiB, {found.grown:+.1%} over the last half")
    for error, number in found.errors.most_common(10):
        print(f"  {number} x {error}")
    sys.stdout.flush()


def _prefixed(prefix: str, named: dict[str, load.Times]) -> Iterator[tuple[str, load.Times]]:
    return ((prefix + name, times) for name, times in named.items())


_MEASURE = {
    "ingest": _ingest,
    "batch": _batch,
    "imports": _imports,
    "lists": _lists,
    "widgets": _widgets,
    "artifact": _artifact,
    "load": _load,
}


@contextmanager
def _new_database(options: argparse.Namespace, database: str) -> Iterator[tuple[str, Path]]:
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        if database == "sqlite":
            yield f"sqlite:///{folder / 'ibutsu.db'}", folder
            return
        created = f"ibutsu_bench_{uuid4().hex}"
        _administer(options, f"CREATE DATABASE {created}")
        try:
            yield _url(options, created), folder
        finally:
            _administer(options, f"DROP DATABASE {created} WITH (FORCE)")


def _data(options: argparse.Namespace) -> Path:
    """The data of the lists; two thousand runs for a million results."""
    folder: Path = options.folder / f"data-{options.results}"
    if not (folder / "manifest.json").exists():
        runs = max(options.results // 500, 20)
        amount = ["--results", str(options.results), "--runs", str(runs)]
        command = [sys.executable, str(options.generator), "--out", str(folder), *amount, "--anchor", ANCHOR]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return folder


@contextmanager
def _loaded(options: argparse.Namespace, database: str, data: Path) -> Iterator[str]:
    """Loading a million takes minutes: the database is kept, and thrown away if loading did not end well."""
    name = f"ibutsu_lists_{options.results}"
    if database == "sqlite":
        path = data / "ibutsu.db"
        url, is_there = f"sqlite:///{path}", (data / "sqlite-is-loaded").exists()
    else:
        url, is_there = (
            _url(options, name),
            (data / "postgresql-is-loaded").exists() and _exists(options, name),
        )
    if not is_there:
        if database == "sqlite":
            for old in data.glob("ibutsu.db*"):
                old.unlink()
        else:
            _administer(options, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            _administer(options, f"CREATE DATABASE {name}")
        load_data.load(url, data)
        (data / f"{database}-is-loaded").touch()
    yield url


@contextmanager
def _copied(options: argparse.Namespace, database: str, url: str) -> Iterator[tuple[str, Path]]:
    """What the loaded lists are stays as it is for the next measurement."""
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        if database == "sqlite":
            shutil.copyfile(make_url(url).database or "", folder / "ibutsu.db")
            yield f"sqlite:///{folder / 'ibutsu.db'}", folder
            return
        created = f"ibutsu_bench_{uuid4().hex}"
        _administer(options, f"CREATE DATABASE {created} TEMPLATE {make_url(url).database}")
        try:
            yield _url(options, created), folder
        finally:
            _administer(options, f"DROP DATABASE {created} WITH (FORCE)")


def _exists(options: argparse.Namespace, name: str) -> bool:
    with psycopg.connect(_bare(options), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def _administer(options: argparse.Namespace, statement: str) -> None:
    with psycopg.connect(_bare(options), autocommit=True) as connection:
        connection.execute(statement)


def _bare(options: argparse.Namespace) -> str:
    return make_url(options.postgresql).set(drivername="postgresql").render_as_string(hide_password=False)


def _url(options: argparse.Namespace, name: str) -> str:
    url = make_url(options.postgresql).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
