"""Report files from their upload to `done`, and what single results have to wait for meanwhile."""

import io
import statistics
import tarfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import httpx
import orjson

from benchmarks.ingest import as_reported
from benchmarks.server import Server, working

TRACEBACK = "    assert response.status_code == 200, response.text\n" * 40
POLL_SECONDS = 0.1
LONGEST_SECONDS = 300


class Measured(NamedTuple):
    """Results per second; bytes that the process which did the work has grown by; seconds."""

    junit: float
    archive: float
    grown: int
    posts: int
    post_p95: float


def measure(url: str, folder: Path, *, broker: str, cases: int, big: int) -> Measured:
    """`big` cases are in the file during which single results are posted."""
    with working(url, folder, broker=broker) as server:
        _import(server, "warm.xml", _junit(folder / "warm.xml", 200))
        junit = cases / _import(server, "junit.xml", _junit(folder / "junit.xml", cases))
        archive = 2000 / _import(server, "run.tar.gz", _archive(server.project, 2000))
        content = _junit(folder / "big.xml", big)
        idle = server.memory(server.worker)
        with _Posting(server) as posting, _Memory(server) as memory:
            _import(server, "big.xml", content)
    p95 = statistics.quantiles(posting.seconds, n=20)[-1]
    return Measured(junit, archive, memory.most - idle, len(posting.seconds), p95)


def _import(server: Server, name: str, content: BinaryIO) -> float:
    """Seconds from the upload's first byte until it is done."""
    url = f"http://127.0.0.1:{server.ports[0]}/api/import"
    with httpx.Client(headers=server.headers, timeout=600) as client:
        started = time.perf_counter()
        answer = client.post(url, data={"project": server.project}, files={"importFile": (name, content)})
        answer.raise_for_status()
        place = f"{url}/{answer.json()['id']}"
        while (found := client.get(place).json())["status"] not in ("done", "error"):
            if time.perf_counter() - started > LONGEST_SECONDS:
                raise RuntimeError(f"After {LONGEST_SECONDS} s {name} is still {found['status']}")
            time.sleep(POLL_SECONDS)
        seconds = time.perf_counter() - started
    if found["status"] == "error" or "warnings" in found["metadata"]:
        raise RuntimeError(str(found))
    return seconds


def _junit(path: Path, cases: int) -> BinaryIO:
    """One of ten fails, with a traceback of 2 KB."""
    with path.open("w") as file:
        file.write(f'<testsuites><testsuite name="bench" tests="{cases}" timestamp="2026-11-20T10:00:00">\n')
        for i in range(cases):
            file.write(f'<testcase classname="tests.module_{i % 50}.TestBench" name="test_{i}" time="0.25"')
            if i % 10:
                file.write("/>\n")
            else:
                file.write(f'><failure message="assert 500 == 200">{TRACEBACK}</failure></testcase>\n')
        file.write("</testsuite></testsuites>\n")
    return path.open("rb")


def _archive(project: str, results: int) -> BinaryIO:
    """As the pytest plugin writes it, with an artifact of 2 KB for each result."""
    run = str(uuid.uuid4())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        _add(tar, f"{run}/run.json", orjson.dumps({"id": run, "metadata": {"project": project}}))
        for i in range(results):
            body = as_reported(project, run, i)
            place = f"{run}/{body['id']}"
            body = {key: value for key, value in body.items() if key not in ("project_id", "run_id")}
            _add(tar, f"{place}/result.json", orjson.dumps(body))
            _add(tar, f"{place}/traceback.log", f"{i}\n{TRACEBACK}".encode())
    packed.seek(0)
    return packed


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


@dataclass
class _Background:
    """Does something in a thread until the block ends."""

    server: Server
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Any:
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        raise NotImplementedError


@dataclass
class _Posting(_Background):
    """One client that reports single results, and how long each took."""

    seconds: list[float] = field(default_factory=list)

    def _work(self) -> None:
        run = self.server.new_run()
        url = f"http://127.0.0.1:{self.server.ports[0]}/api/result"
        with httpx.Client(headers=self.server.headers, timeout=60) as client:
            while not self._end.wait(0.02):
                started = time.perf_counter()
                body = as_reported(self.server.project, run, len(self.seconds))
                client.post(url, json=body).raise_for_status()
                self.seconds.append(time.perf_counter() - started)


@dataclass
class _Memory(_Background):
    """The most that the process which does the work has held."""

    most: int = 0

    def _work(self) -> None:
        while not self._end.wait(POLL_SECONDS):
            self.most = max(self.most, self.server.memory(self.server.worker))
