"""One large artifact up and down: seconds, and how much the memory of the server grows meanwhile."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import Server, running

PIECE = 1024 * 1024
BOUNDARY = "bench-boundary"


@dataclass(frozen=True)
class Moved:
    """Bytes and seconds."""

    size: int
    up: float
    down: float
    grown_up: int
    grown_down: int


def measure(url: str, folder: Path, *, size: int) -> Moved:
    with running(url, folder) as server:
        run = server.new_run()
        _upload(server, run, PIECE)  # the first request of all loads what stays loaded
        with _growth(server) as up:
            seconds_up, artifact = _upload(server, run, size)
        with _growth(server) as down:
            seconds_down = _download(server, artifact, size)
        return Moved(size, seconds_up, seconds_down, up[0], down[0])


def _upload(server: Server, run: str, size: int) -> tuple[float, str]:
    head, tail = _around(run)
    connection = server.connection()
    started = time.perf_counter()
    headers = {
        **server.headers,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    connection.request("POST", "/api/artifact", _body(head, size, tail), headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 201:
        raise RuntimeError(text.decode())
    return time.perf_counter() - started, str(json.loads(text)["id"])


def _around(run: str) -> tuple[bytes, bytes]:
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"runId": run, "filename": "large.bin"}.items()
    )
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return (fields + file).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()


def _body(head: bytes, size: int, tail: bytes) -> Iterator[bytes]:
    yield head
    piece = bytes(range(256)) * (PIECE // 256)
    for at in range(0, size, PIECE):
        yield piece[: min(PIECE, size - at)]
    yield tail


def _download(server: Server, artifact: str, size: int) -> float:
    connection = server.connection()
    started = time.perf_counter()
    connection.request("GET", f"/api/artifact/{artifact}/download", headers=server.headers)
    answer = connection.getresponse()
    received = 0
    while piece := answer.read(PIECE):
        received += len(piece)
    if received != size:
        raise RuntimeError(f"{received} of {size} bytes came back")
    return time.perf_counter() - started


@contextmanager
def _growth(server: Server) -> Iterator[list[int]]:
    """The highest memory of the server above what it had at first, in bytes."""
    first = server.memory()
    highest, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            highest[0] = max(highest[0], server.memory() - first)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield highest
    finally:
        stop.set()
        watcher.join()
