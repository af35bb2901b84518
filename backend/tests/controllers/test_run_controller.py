"""Runs over HTTP: reporting, reading, changing, and their counts."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_page, assert_problem
from helpers.factories import result_body, run_body

from ibutsu_server.db.models import Run


def _day(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


@pytest.mark.integration
def test_posted_run_comes_back_as_it_was_sent(api, make_project):
    project = make_project(name="shop")
    sent = run_body("shop", metadata={"project": "shop", "env": "qa", "build": {"commit": "abc"}})
    response = api.post("/api/run", json=sent)
    assert response.status_code == 201
    run = api.get(f"/api/run/{sent['id']}").json()
    assert run == response.json()
    assert (run["id"], run["project_id"], run["env"]) == (sent["id"], str(project.id), "qa")
    assert run["start_time"] == "2026-11-01T10:00:00Z"
    assert run["metadata"] == sent["metadata"]
    assert run["summary"].items() >= sent["summary"].items()


@pytest.mark.integration
def test_reported_summary_is_completed(api, make_project):
    make_project(name="shop")
    summary = {"tests": 10, "failures": 2, "skips": 1, "collected": 12, "flaky": 3}
    run = api.post("/api/run", json=run_body("shop", summary=summary)).json()
    assert run["summary"]["passes"] == 7
    assert run["summary"]["pass_percent"] == 70
    assert run["summary"]["not_run"] == 2
    assert run["summary"]["flaky"] == 3


@pytest.mark.integration
def test_counts_are_right_as_soon_as_a_result_is_answered(api, make_project):
    make_project(name="shop")
    run = run_body("shop", summary={"tests": 40, "failures": 40, "collected": 5})
    api.post("/api/run", json=run)
    for outcome in ("passed", "failed", "failed", "skipped", "manual"):
        response = api.post("/api/result", json=result_body("shop", run["id"], result=outcome))
        assert response.status_code == 201, response.text
    summary = api.get(f"/api/run/{run['id']}").json()["summary"]
    assert (summary["tests"], summary["passes"], summary["failures"]) == (5, 1, 2)
    assert (summary["skips"], summary["manual"], summary["pass_percent"]) == (1, 1, 20)
    assert (summary["collected"], summary["not_run"]) == (5, 0)


@pytest.mark.integration
def test_duration_is_the_sum_and_wall_time_the_span_of_the_results(api, make_project):
    make_project(name="shop")
    run = run_body("shop", duration=999)
    api.post("/api/run", json=run)
    for second in ("00", "10"):
        start = f"2026-11-01T10:00:{second}"
        api.post("/api/result", json=result_body("shop", run["id"], start_time=start, duration=4))
    stored = api.get(f"/api/run/{run['id']}").json()
    assert (stored["duration"], stored["wall_time"]) == (8, 14)


@pytest.mark.integration
def test_run_without_env_takes_that_of_its_first_result(api, make_project):
    make_project(name="shop")
    run = run_body("shop")
    api.post("/api/run", json=run)
    api.post("/api/result", json=result_body("shop", run["id"], metadata={"env": "qa"}))
    assert api.get(f"/api/run/{run['id']}").json()["env"] == "qa"


@pytest.mark.integration
def test_repeated_run_changes_nothing(api, make_project):
    make_project(name="shop")
    sent = run_body("shop")
    first = api.post("/api/run", json=sent)
    again = api.post("/api/run", json=dict(reversed(sent.items())))
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers


@pytest.mark.integration
def test_other_run_under_the_same_id_is_409(api, make_project):
    make_project(name="shop")
    sent = run_body("shop")
    api.post("/api/run", json=sent)
    assert_problem(api.post("/api/run", json={**sent, "source": "else"}), 409, "already exist", field="id")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("change", "text", "field"),
    [
        ({"metadata": {}}, "no data supplied", "metadata"),
        ({"metadata": None}, "no data supplied", "metadata"),
        ({"metadata": {"a": 1}}, "project or project_id is required", "project_id"),
        ({"metadata": {"project": "nobody"}}, "Invalid project", "project"),
        ({"metadata": {"project": 5}}, "name or an id", "metadata.project"),
        ({"metadata": {"project": "shop", "env": 5}}, "metadata.env must be text", "metadata.env"),
        ({"id": "nonsense"}, "is not a valid UUID", "id"),
        ({"start_time": "yesterday"}, "date-time", "start_time"),
        ({"start_time": 5}, "", "start_time"),
        ({"duration": "long"}, "", "duration"),
        ({"summary": {"tests": "many"}}, "", "summary.tests"),
        ({"summary": {"passes": 2**31 - 1, "failures": 1}}, "more than 2147483647 tests", "summary"),
        ({"duration": 1e308}, "maximum", "duration"),
        ({"summary": {"tests": -1}}, "", "summary.tests"),
        ({"results": []}, "results", "results"),
        ({"source": "nul \0"}, "NUL", "source"),
        ({"metadata": {"project": "shop", "a": {"b": "\0"}}}, "NUL", "metadata.a.b"),
    ],
)
def test_bad_run_is_400_and_stores_nothing(api, make_project, db_session, change, text, field):
    make_project(name="shop")
    assert_problem(api.post("/api/run", json={**run_body("shop"), **change}), 400, text, field=field)
    assert db_session.query(Run).count() == 0


@pytest.mark.validation
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"metadata": {"a": NaN}}',
        b'{"metadata": {"a": Infinity}}',
        b'{"metadata": {"a": "\\ud800"}}',
        b'{"duration": 1e999, "metadata": {"project": "shop"}}',
        b'{"metadata": ' + b'{"a":' * 150 + b"1" + b"}" * 150 + b"}",
        b'{"metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff\xfe",
    ],
)
def test_body_that_is_no_proper_json_is_400(api, content):
    assert_problem(api.post("/api/run", content=content, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.validation
def test_body_above_the_limit_is_413(api):
    content = b'{"metadata": "' + b"x" * (20 * 1024 * 1024) + b'"}'
    response = api.post("/api/run", content=content, headers={"Content-Type": "application/json"})
    assert_problem(response, 413, "larger than")


@pytest.mark.validation
def test_body_above_the_limit_is_413_also_when_it_comes_in_chunks(api):
    chunks = (b" " * 1024 * 1024 for _ in range(21))
    response = api.post("/api/run", content=chunks, headers={"Content-Type": "application/json"})
    assert_problem(response, 413, "larger than")


@pytest.mark.integration
def test_body_in_chunks_is_taken(api, make_project):
    make_project(name="shop")
    chunks = iter([b'{"metadata": {"proj', b'ect": "shop"}}'])
    response = api.post("/api/run", content=chunks, headers={"Content-Type": "application/json"})
    assert response.status_code == 201


@pytest.mark.validation
def test_body_of_another_type_is_415(api):
    assert_problem(api.post("/api/run", content=b"x", headers={"Content-Type": "text/plain"}), 415)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("id_", "status", "text"), [("x", 400, "is not a valid UUID"), (MISSING_ID, 404, "Run not found")]
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_run_is_refused(api, method, id_, status, text):
    assert_problem(api.request(method, f"/api/run/{id_}", json={} if method == "PUT" else None), status, text)


@pytest.mark.integration
def test_update_merges_metadata_deeply(api, make_run):
    run = make_run(metadata={"a": {"b": 1, "c": 2}, "list": [1, 2], "kept": "x"})
    metadata = {"a": {"c": 3, "d": {"e": 4}}, "list": [3], "kept": None, "new": True}
    answer = api.put(f"/api/run/{run.id}", json={"metadata": metadata})
    assert answer.json()["metadata"] == {
        "a": {"b": 1, "c": 3, "d": {"e": 4}},
        "list": [3],
        "kept": "x",
        "new": True,
    }


@pytest.mark.integration
def test_update_honours_top_level_env_and_keeps_it_on_null(api, make_run):
    run = make_run(env="qa", component="web")
    answer = api.put(f"/api/run/{run.id}", json={"env": "prod", "component": None}).json()
    assert (answer["env"], answer["component"]) == ("prod", "web")


@pytest.mark.integration
def test_update_does_not_touch_counted_numbers(api, make_run, make_result):
    run = make_run()
    make_result(run_id=run.id, result="failed", duration=2)
    answer = api.put(
        f"/api/run/{run.id}", json={"summary": {"failures": 9, "collected": 3}, "duration": 77}
    ).json()
    assert (answer["summary"]["failures"], answer["summary"]["collected"]) == (1, 3)
    assert answer["duration"] == 2


@pytest.mark.integration
def test_moved_run_takes_its_results_along(api, make_run, make_result, make_project):
    run = make_run()
    result = make_result(run_id=run.id)
    target = make_project(name="target")
    assert api.put(f"/api/run/{run.id}", json={"metadata": {"project": "target"}}).status_code == 200
    assert api.get(f"/api/result/{result.id}").json()["project_id"] == str(target.id)


@pytest.mark.integration
def test_runs_are_listed_newest_first(api, make_project, make_run):
    project = make_project()
    runs = [make_run(project_id=project.id, start_time=_day(day)) for day in (2, 3, 1)]
    response = api.get("/api/run", params={"filter": f"project_id={project.id}"})
    assert_page(response, "runs", [runs[1].id, runs[0].id, runs[2].id])


@pytest.mark.integration
def test_runs_of_the_same_instant_never_change_places(api, make_project, make_run):
    project = make_project()
    ids = {str(make_run(project_id=project.id, start_time=_day(1)).id) for _ in range(9)}
    pages = [
        api.get("/api/run", params={"filter": f"project_id={project.id}", "pageSize": 4, "page": page}).json()
        for page in (1, 2, 3)
    ]
    assert {run["id"] for page in pages for run in page["runs"]} == ids


@pytest.mark.validation
def test_superadmin_must_name_a_project(api):
    assert_problem(api.get("/api/run"), 400, "project_id filter is required", field="filter")
    assert_problem(api.get("/api/run", params={"filter": "project_id@y"}), 400, "filter is required")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"pageSize": 0}, ""),
        ({"pageSize": "abc"}, ""),
        ({"page": "1.5"}, ""),
        ({"page": 2**63}, "too big"),
        ({"estimate": "perhaps"}, ""),
        ({"filter": "bogus=1"}, "bogus"),
    ],
)
def test_bad_list_parameters_are_400(api, make_project, query, text):
    filters = [f"project_id={make_project().id}", *([query.pop("filter")] if "filter" in query else [])]
    assert_problem(api.get("/api/run", params={"filter": filters, **query}), 400, text)


@pytest.mark.integration
@pytest.mark.parametrize("page", [0, -1])
def test_page_before_the_first_is_the_first(api, make_run, page):
    run = make_run()
    response = api.get("/api/run", params={"filter": f"project_id={run.project_id}", "page": page})
    assert_page(response, "runs", [run.id])
    assert response.json()["pagination"]["page"] == page


@pytest.mark.integration
def test_bulk_update_gives_the_newest_matching_runs_new_metadata(api, make_project, bulk_run_creator):
    project = make_project()
    runs = bulk_run_creator(3, project_id=project.id, metadata={"old": 1, "build": "1"})
    query = {"filter": f"project_id={project.id}", "pageSize": 2}
    answer = api.post("/api/runs/bulk-update", params=query, json={"metadata": {"build": "2"}})
    assert answer.status_code == 200
    assert [run["metadata"] for run in answer.json()["runs"]] == [{"old": 1, "build": "2"}] * 2
    assert len(runs) == 3


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "body", "status", "text"),
    [
        ({}, {}, 401, "metadata"),
        ({}, {"metadata": {}}, 401, "metadata"),
        ({"pageSize": 26}, {"metadata": {"a": 1}}, 405, "25"),
        ({"filter": "source=nobody"}, {"metadata": {"a": 1}}, 404, "No runs found with"),
        ({}, {"metadata": {"a": 1, "project": "nobody"}}, 400, "Invalid project"),
    ],
)
def test_bulk_update_refuses(api, make_project, query, body, status, text):
    filters = [f"project_id={make_project().id}", *([query["filter"]] if "filter" in query else [])]
    response = api.post("/api/runs/bulk-update", params={**query, "filter": filters}, json=body)
    assert_problem(response, status, text)


@pytest.mark.integration
def test_id_is_understood_in_any_notation(api, make_run):
    run = make_run()
    for notation in (run.id.hex, str(run.id).upper(), f"{{{run.id}}}"):
        assert api.get(f"/api/run/{notation}").json()["id"] == str(run.id)


@pytest.mark.integration
def test_project_id_serves_as_well_as_metadata_project(api, make_project):
    project = make_project()
    answer = api.post("/api/run", json={"project_id": str(project.id), "data": {"a": 1}, "id": str(uuid4())})
    assert answer.status_code == 201
    assert answer.json()["metadata"] == {"a": 1}
