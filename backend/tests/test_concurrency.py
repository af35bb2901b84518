"""Many clients at once, against a real server: nothing is lost, nothing is counted twice."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from fixtures.database import postgresql
from helpers.factories import result_body, run_body
from helpers.processes import Server, run

pytestmark = [pytest.mark.integration, pytest.mark.slow]

CLIENTS = 8
EACH = 25
PROJECT = "shop"
OUTCOMES = {"passed": "passes", "failed": "failures", "skipped": "skips", "error": "errors"}
ACCOUNT = {
    "IBUTSU_SUPERADMIN_EMAIL": "me@example.com",
    "IBUTSU_SUPERADMIN_PASSWORD": "given",
    "IBUTSU_SUPERADMIN_OWN_PROJECT": PROJECT,
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory) -> Iterator[Server]:
    folder = str(tmp_path_factory.mktemp("server") / "data")
    if request.param == "sqlite":
        with Server("--data-dir", folder, **ACCOUNT) as started:
            yield started
    elif "TEST_POSTGRESQL_URL" in os.environ:
        with postgresql(os.environ["TEST_POSTGRESQL_URL"]) as url:
            yield from _deployed(url, folder)
    else:
        pytest.skip("TEST_POSTGRESQL_URL names no server")


def _deployed(url: str, folder: str) -> Iterator[Server]:
    variables = {
        "SQLALCHEMY_DATABASE_URI": url,
        "CELERY_BROKER_URL": "memory://",
        "JWT_SECRET": "s" * 32,
        "IBUTSU_DATA_DIR": folder,
        **ACCOUNT,
    }
    assert run("db", "upgrade", **variables).returncode == 0
    with Server("--workers", "2", **variables) as started:
        yield started


@pytest.fixture(scope="module")
def client(server) -> Iterator[httpx.Client]:
    credentials = {"email": "me@example.com", "password": "given"}
    with server.client("none") as client:
        token = client.post("/login", json=credentials).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def new_run(client):
    def make() -> str:
        body = run_body(PROJECT)
        assert client.post("/run", json=body).status_code == 201
        return body["id"]

    return make


def _at_once(verb, arguments):
    """Call `verb` with each of the arguments, by eight clients at a time."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(verb, arguments))


def _stored(client, run_id):
    query = {"filter": [f"metadata.project={PROJECT}", f"run_id={run_id}"], "pageSize": 500}
    return client.get("/result", params=query).json()["results"]


def _assert_summary_is_right(client, run_id):
    """The summary says what somebody finds who counts the results."""
    results, run = _stored(client, run_id), client.get(f"/run/{run_id}").json()
    counted = Counter(OUTCOMES[result["result"]] for result in results)
    assert {name: run["summary"][name] for name in OUTCOMES.values()} == {
        name: counted[name] for name in OUTCOMES.values()
    }
    assert run["summary"]["tests"] == len(results)
    assert run["duration"] == pytest.approx(sum(result["duration"] for result in results))


def test_summary_counts_every_result_of_eight_clients(client, new_run):
    run_id = new_run()
    bodies = [
        result_body(PROJECT, run_id, result=random.choice(list(OUTCOMES))) for _ in range(CLIENTS * EACH)
    ]
    answers = _at_once(lambda body: client.post("/result", json=body), bodies)
    assert {answer.status_code for answer in answers} == {201}
    assert {result["id"] for result in _stored(client, run_id)} == {body["id"] for body in bodies}
    _assert_summary_is_right(client, run_id)


def test_result_posted_by_eight_clients_at_once_is_stored_once(client, new_run):
    run_id = new_run()
    for _ in range(EACH):
        body = result_body(PROJECT, run_id)
        answers = _at_once(lambda _, body=body: client.post("/result", json=body), range(CLIENTS))
        assert [answer.status_code for answer in answers] == [201] * CLIENTS
        assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
        assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(_stored(client, run_id)) == EACH
    _assert_summary_is_right(client, run_id)


def test_of_different_results_under_one_id_the_first_is_stored(client, new_run):
    run_id = new_run()
    body = result_body(PROJECT, run_id)
    sources = [f"source-{i}" for i in range(CLIENTS)]
    answers = _at_once(lambda source: client.post("/result", json={**body, "source": source}), sources)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (CLIENTS - 1)]
    _assert_summary_is_right(client, run_id)


def test_run_posted_by_eight_clients_at_once_is_stored_once(client):
    body = run_body(PROJECT)
    answers = _at_once(lambda _: client.post("/run", json=body), range(CLIENTS))
    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


@pytest.mark.parametrize("is_refused", [False, True])
def test_run_posted_under_one_idempotency_key_by_eight_clients_at_once_is_stored_once(client, is_refused):
    source, headers = str(uuid4()), {"Idempotency-Key": str(uuid4())}
    body = {**run_body("nowhere" if is_refused else PROJECT, source=source), "id": None}
    answers = _at_once(lambda _: client.post("/run", json=body, headers=headers), range(CLIENTS))
    assert [answer.status_code for answer in answers] == [400 if is_refused else 201] * CLIENTS
    assert len({answer.content for answer in answers}) == 1
    replayed = sum("Idempotency-Replayed" in answer.headers for answer in answers)
    query = {"filter": [f"metadata.project={PROJECT}", f"source={source}"]}
    stored = client.get("/run", params=query).json()["runs"]
    assert (replayed, len(stored)) == ((0, 0) if is_refused else (CLIENTS - 1, 1))


def test_project_created_under_one_idempotency_key_by_eight_clients_at_once_is_no_conflict(client):
    name, headers = f"keyed-{uuid4()}x", {"Idempotency-Key": str(uuid4())}
    answers = _at_once(
        lambda _: client.post("/project", json={"name": name}, headers=headers), range(CLIENTS)
    )
    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_tabs_that_renew_one_session_at_once_all_stay_signed_in(client):
    signed_in = client.post("/login", json={"email": "me@example.com", "password": "given"}).json()
    answers = [signed_in] * CLIENTS
    for _ in range(3):
        asked = [{"refresh_token": answer["refresh_token"]} for answer in answers]
        renewed = _at_once(lambda body: client.post("/login/refresh", json=body), asked)
        assert [answer.status_code for answer in renewed] == [200] * CLIENTS
        answers = [answer.json() for answer in renewed]


def test_stolen_refresh_token_ends_a_session_for_all_who_renew_it_at_once(client):
    stolen = client.post("/login", json={"email": "me@example.com", "password": "given"}).json()
    newest = stolen
    for _ in range(2):
        body = {"refresh_token": newest["refresh_token"]}
        newest = client.post("/login/refresh", json=body).json()
    asked = [{"refresh_token": stolen["refresh_token"]}] * CLIENTS
    refused = _at_once(lambda body: client.post("/login/refresh", json=body), asked)
    assert [answer.status_code for answer in refused] == [401] * CLIENTS
    assert client.post("/login/refresh", json={"refresh_token": newest["refresh_token"]}).status_code == 401


def test_project_name_that_eight_clients_want_at_once_goes_to_one(client):
    name = f"wanted-{uuid4()}x"
    answers = _at_once(lambda _: client.post("/project", json={"name": name}), range(CLIENTS))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (CLIENTS - 1)]


def test_summary_is_right_after_results_were_posted_changed_and_moved_at_once(client, new_run):
    first, second = new_run(), new_run()
    ids = [result_body(PROJECT, run_id)["id"] for run_id in (first, second) for _ in range(EACH)]
    for i, id_ in enumerate(ids):
        client.post("/result", json=result_body(PROJECT, (first, second)[i % 2], id=id_))

    def change(i):
        match i % 4:
            case 0:
                return client.post("/result", json=result_body(PROJECT, first, result="failed"))
            case 1:
                return client.put(f"/result/{ids[i % len(ids)]}", json={"result": "error", "duration": 3})
            case 2:
                return client.put(
                    f"/result/{ids[i % len(ids)]}", json={"run_id": random.choice([first, second])}
                )
            case _:
                return client.put(f"/run/{first}", json={"metadata": {f"key{i}": i}})

    answers = _at_once(change, range(CLIENTS * EACH))
    assert {answer.status_code for answer in answers} <= {200, 201}, Counter(
        a.text[:200] for a in answers if a.status_code > 201
    )
    for run_id in (first, second):
        _assert_summary_is_right(client, run_id)
    metadata = client.get(f"/run/{first}").json()["metadata"]
    assert sum(key.startswith("key") for key in metadata) == CLIENTS * EACH // 4


def test_run_is_deleted_while_results_are_posted_into_it(client, new_run):
    run_id = new_run()
    results = {"filter": [f"run_id={run_id}", "metadata.project=shop"]}

    def post(_number: int) -> int:
        return client.post("/result", json=result_body(PROJECT, run_id)).status_code

    assert post(0) == 201
    with ThreadPoolExecutor(CLIENTS) as pool:
        posted = pool.map(post, range(CLIENTS * 5))
        assert client.delete(f"/run/{run_id}").status_code == 200
        assert set(posted) <= {201, 400}
    assert client.get(f"/run/{run_id}").status_code == 404
    assert client.get("/result", params=results).json()["pagination"]["totalItems"] == 0
