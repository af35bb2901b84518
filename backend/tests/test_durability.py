"""What was answered 201 is there after the server was killed."""

import random
import threading
import time

import httpx
import pytest
from helpers.processes import Server

pytestmark = [pytest.mark.integration, pytest.mark.slow]
WRITERS = 4


def _write(server: Server, run: dict, answered: list[str]) -> None:
    """Post results until the server is gone; remember what it confirmed."""
    with server.client() as client:
        while True:
            body = {
                "run_id": run["id"],
                "project_id": run["project_id"],
                "result": "passed",
                "test_id": "test",
            }
            try:
                answer = client.post("/result", json=body)
            except httpx.HTTPError:
                return
            assert answer.status_code == 201, answer.text
            answered.append(answer.json()["id"])


def test_everything_answered_201_survives_kill_9(tmp_path):
    arguments = ("--data-dir", str(tmp_path / "data"))
    with Server(*arguments) as server:
        token = server.token
        with server.client() as client:
            run = client.post("/run", json={"metadata": {"project": "my-project"}}).json()
        answered: list[str] = []
        writers = [threading.Thread(target=_write, args=(server, run, answered)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(random.uniform(1, 2.5))
        server.process.kill()
        for writer in writers:
            writer.join()
    assert len(answered) > 20
    with Server(*arguments) as server, server.client(token) as client:
        stored = _stored(client, run)
        assert set(answered) <= stored
        assert client.get(f"/run/{run['id']}").json()["summary"]["tests"] == len(stored)


def _stored(client: httpx.Client, run: dict) -> set[str]:
    ids: set[str] = set()
    for page in range(1, 1000):
        filters = [f"project_id={run['project_id']}", f"run_id={run['id']}"]
        query = {"filter": filters, "pageSize": 500, "page": page}
        answer = client.get("/result", params=query).json()
        ids |= {result["id"] for result in answer["results"]}
        if page >= answer["pagination"]["totalPages"]:
            break
    return ids
