"""`POST /api/result` from several clients at once, each on one connection that it keeps."""

import asyncio
import json
import multiprocessing
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.server import Server, running

CLIENTS = 8
LONGEST_SECONDS = 60


def measure(url: str, folder: Path, *, processes: int, requests: int) -> tuple[float, float]:
    """Requests per second of a handler that stores nothing, and of the product."""
    with running(url, folder, module="benchmarks.floor", processes=processes) as server:
        floor = _rate(server, requests, run=str(uuid.uuid4()))
    with running(url, folder, processes=processes) as server:
        product = _rate(server, requests, run=server.new_run())
    return floor, product


def _rate(server: Server, requests: int, *, run: str) -> float:
    """The clients are a process of their own: they must not wait for the interpreter of this one."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(_post_all, (server, run, CLIENTS * 25))
        return pool.apply(_post_all, (server, run, requests))


def _post_all(server: Server, run: str, requests: int) -> float:
    messages = [_message(server, run, i) for i in range(requests)]
    return requests / asyncio.run(_send(server.ports, messages))


async def _send(ports: list[int], messages: list[bytes]) -> float:
    queue = iter(messages)
    started = time.perf_counter()
    async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as clients:
        for i in range(CLIENTS):
            clients.create_task(_client(ports[i % len(ports)], queue))
    return time.perf_counter() - started


async def _client(port: int, queue: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in queue:
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        body = await reader.readexactly(int(length))
        if b" 201 " not in head[:20]:
            raise RuntimeError(body.decode())
    writer.close()


def _message(server: Server, run: str, i: int) -> bytes:
    body = json.dumps(as_reported(server.project, run, i)).encode()
    headers = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
    return (
        f"POST /api/result HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def as_reported(project: str, run: str, i: int) -> dict[str, object]:
    outcome = "failed" if i % 12 == 5 else "skipped" if i % 20 == 7 else "passed"
    module = f"tests/module_{i % 50:02d}/test_feature.py"
    return {
        "id": str(uuid.uuid4()),
        "project_id": project,
        "run_id": run,
        "test_id": f"test_feature.TestFeature.test_case_{i:05d}",
        "result": outcome,
        "duration": 1.26,
        "start_time": datetime.now(UTC).isoformat(),
        "source": "bench",
        "params": {},
        "metadata": {
            "run": run,
            "project": project,
            "component": f"component-{i % 20:02d}",
            "env": "stage",
            "fspath": module,
            "node_id": f"{module}::TestFeature::test_case_{i:05d}",
            "markers": ["smoke", "regression"],
            "tags": ["nightly"],
            "jenkins": {"job_name": "nightly", "build_number": "77", "build_url": "https://example.com/77/"},
            "user_properties": {"assignee": f"user{i % 30}", "requirement": f"REQ-{i % 300}"},
            "statuses": {"setup": ["passed", False], "call": [outcome, False], "teardown": ["passed", False]},
            "durations": {"setup": 0.02, "call": 1.23, "teardown": 0.01},
            **({"short_tb": "assert response.status_code == 200\n" * 12} if outcome == "failed" else {}),
        },
    }
