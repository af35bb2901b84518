"""Results over HTTP: reporting, reading, changing and moving them, and what that does to their run."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_page, assert_problem
from helpers.factories import result_body, run_body

from ibutsu_server.db.models import Result, Test
from ibutsu_server.domain.counts import COLUMN_OF_OUTCOME


@pytest.fixture
def shop(make_project):
    return make_project(name="shop")


def _summary(api, run):
    return api.get(f"/api/run/{run.id}").json()["summary"]


@pytest.mark.integration
def test_posted_result_comes_back_as_it_was_sent(api, shop, make_run):
    run = make_run(project_id=shop.id)
    sent = result_body("shop", run.id, params={"n": 1}, metadata={"component": "web", "env": "qa", "n": 1})
    response = api.post("/api/result", json=sent)
    assert response.status_code == 201
    result = api.get(f"/api/result/{sent['id']}").json()
    assert result == response.json()
    assert result == sent | {
        "attempts": [],
        "project_id": str(shop.id),
        "start_time": "2026-11-01T10:00:01Z",
        "component": "web",
        "env": "qa",
    }


@pytest.mark.integration
def test_server_makes_id_and_time_where_the_client_sends_none(api, shop):
    result = api.post("/api/result", json={"project_id": str(shop.id)}).json()
    assert result["id"] != MISSING_ID
    assert result["start_time"].endswith("Z")
    assert (result["result"], result["run_id"], result["metadata"]) == (None, None, {})


@pytest.mark.integration
@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2026-11-01", "2026-11-01T00:00:00Z"),
        ("2026-11-01 10:00:00", "2026-11-01T10:00:00Z"),
        ("2026-11-01T10:00:00.25", "2026-11-01T10:00:00.250000Z"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
        ("2026-11-01T10:00:00-0130", "2026-11-01T11:30:00Z"),
    ],
)
def test_times_are_answered_in_utc(api, shop, sent, answered):
    body = result_body("shop", start_time=sent)
    assert api.post("/api/result", json=body).json()["start_time"] == answered
    assert api.get(f"/api/result/{body['id']}").json()["start_time"] == answered


@pytest.mark.integration
@pytest.mark.parametrize("outcome", COLUMN_OF_OUTCOME)
def test_every_outcome_is_accepted_and_counted(api, shop, make_run, outcome):
    run = make_run(project_id=shop.id)
    assert api.post("/api/result", json=result_body("shop", run.id, result=outcome)).status_code == 201
    assert _summary(api, run)[COLUMN_OF_OUTCOME[outcome]] == 1


@pytest.mark.integration
def test_user_properties_become_metadata_and_replace_nothing(api, shop):
    metadata = {"a": "own", "user_properties": {"a": "other", "b": {"c": 1}}}
    result = api.post("/api/result", json=result_body("shop", metadata=metadata)).json()
    assert (result["metadata"]["a"], result["metadata"]["b"]) == ("own", {"c": 1})
    assert "user_properties" not in result["metadata"]


@pytest.mark.integration
def test_user_properties_of_an_update_replace_nothing_either(api, make_result):
    result = make_result(metadata={"a": "own"})
    metadata = {"user_properties": {"a": "other", "b": 1}}
    answer = api.put(f"/api/result/{result.id}", json={"metadata": metadata}).json()
    assert answer["metadata"] == {"a": "own", "b": 1}


@pytest.mark.integration
def test_metadata_names_component_and_env_before_the_top_level_does(api, shop):
    body = result_body("shop", component="top", env="top", metadata={"component": "web"})
    result = api.post("/api/result", json=body).json()
    assert (result["component"], result["env"]) == ("web", "top")


@pytest.mark.integration
@pytest.mark.parametrize("name", ["shop", "SHOP", None])
def test_project_is_found_by_name_in_any_case_and_by_id(api, shop, name):
    body = result_body(name or str(shop.id))
    assert api.post("/api/result", json=body).json()["project_id"] == str(shop.id)


@pytest.mark.integration
@pytest.mark.parametrize("number", [0.1, 1e308, -1e308, 1e20, 2**63 - 1, 2**64 - 1, -0.0, 5.0])
def test_numbers_in_metadata_come_back_as_they_were(api, shop, number):
    body = result_body("shop", metadata={"n": number}, params={"n": number})
    assert api.post("/api/result", json=body).status_code == 201
    query = {"filter": f"project_id={shop.id}"}
    for answer in (
        api.get(f"/api/result/{body['id']}").json(),
        api.get("/api/result", params=query).json()["results"][0],
    ):
        assert (answer["metadata"]["n"], answer["params"]["n"]) == (number, number)


@pytest.mark.integration
def test_project_with_a_name_beyond_ascii_is_found(api, make_project):
    project = make_project(name="Ölmühle ÄÖÜ")
    response = api.post("/api/result", json=result_body("Ölmühle ÄÖÜ"))
    assert response.json()["project_id"] == str(project.id)


@pytest.mark.integration
def test_metadata_project_wins_over_project_id(api, shop, make_project):
    body = result_body("shop", project_id=str(make_project().id))
    assert api.post("/api/result", json=body).json()["project_id"] == str(shop.id)


@pytest.mark.integration
def test_metadata_run_wins_over_run_id(api, shop, make_run):
    run, other = make_run(project_id=shop.id), make_run(project_id=shop.id)
    body = {**result_body("shop", run.id), "run_id": str(other.id)}
    assert api.post("/api/result", json=body).json()["run_id"] == str(run.id)
    assert (_summary(api, run)["tests"], _summary(api, other)["tests"]) == (1, 0)


@pytest.mark.integration
def test_run_id_alone_is_enough(api, shop, make_run):
    run = make_run(project_id=shop.id)
    body = {**result_body("shop"), "run_id": str(run.id)}
    assert api.post("/api/result", json=body).json()["run_id"] == str(run.id)


@pytest.mark.validation
@pytest.mark.parametrize("by", ["run_id", "metadata.run"])
def test_run_that_is_missing_or_elsewhere_is_400(api, shop, make_run, by):
    for run_id in (MISSING_ID, make_run().id):
        body = (
            result_body("shop", run_id) if by == "metadata.run" else result_body("shop", run_id=str(run_id))
        )
        assert_problem(api.post("/api/result", json=body), 400, "no run", field="run_id")
    assert Result.query.count() == 0


@pytest.mark.validation
@pytest.mark.parametrize(
    ("change", "text", "field"),
    [
        ({"metadata": {}}, "project or project_id is required", "project_id"),
        ({"metadata": None}, "project or project_id is required", "project_id"),
        ({"metadata": {"project": "nobody"}}, "Invalid project", "project"),
        ({"metadata": {"project": MISSING_ID}}, "Invalid project", "project"),
        ({"metadata": {"project": ["shop"]}}, "name or an id", "metadata.project"),
        ({"metadata": {"project": "shop", "run": 5}}, "not a valid UUID", "metadata.run"),
        ({"metadata": {"project": "shop", "run": "x"}}, "not a valid UUID", "metadata.run"),
        ({"metadata": {"project": "shop", "component": 5}}, "must be text", "metadata.component"),
        ({"metadata": {"project": "shop", "env": "x" * 300}}, "255", "metadata.env"),
        ({"metadata": {"project": "shop", "user_properties": [1]}}, "", "metadata.user_properties"),
        ({"metadata": []}, "", "metadata"),
        ({"id": "x"}, "not a valid UUID", "id"),
        ({"run_id": "x"}, "not a valid UUID", "run_id"),
        ({"project_id": "x"}, "not a valid UUID", "project_id"),
        ({"result": "great"}, "", "result"),
        ({"test_id": 5}, "", "test_id"),
        ({"test_id": "\N{PILE OF POO}" * 2000}, "2600 bytes", "test_id"),
        ({"duration": "long"}, "", "duration"),
        ({"duration": 1e308}, "maximum", "duration"),
        ({"duration": -1e308}, "minimum", "duration"),
        ({"start_time": "yesterday"}, "date-time", "start_time"),
        ({"params": []}, "", "params"),
        ({"tests": 1}, "", "tests"),
        ({"artifacts": []}, "", "artifacts"),
        ({"run": "x"}, "", "run"),
    ],
)
def test_bad_result_is_400_and_stores_nothing(api, shop, change, text, field):
    assert_problem(api.post("/api/result", json={**result_body("shop"), **change}), 400, text, field=field)
    assert Result.query.count() == 0


@pytest.mark.integration
def test_repeated_result_changes_nothing(api, shop, make_run):
    run = make_run(project_id=shop.id)
    sent = result_body("shop", run.id)
    first = api.post("/api/result", json=sent)
    again = api.post("/api/result", json=dict(reversed(sent.items())))
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert again.json() == first.json()
    assert _summary(api, run)["tests"] == 1


@pytest.mark.integration
def test_other_result_under_the_same_id_is_409(api, shop, make_run):
    run = make_run(project_id=shop.id)
    sent = result_body("shop", run.id)
    api.post("/api/result", json=sent)
    response = api.post("/api/result", json={**sent, "result": "failed"})
    assert_problem(response, 409, f"Result id {sent['id']} already exist", field="id")
    assert _summary(api, run)["failures"] == 0


@pytest.mark.integration
def test_id_taken_in_another_project_is_409_and_tells_nothing_about_it(api, shop, make_result):
    theirs = make_result(metadata={"secret": "x"})
    response = api.post("/api/result", json=result_body("shop", id=str(theirs.id)))
    assert_problem(response, 409, "already exist")
    assert "secret" not in response.text


@pytest.mark.integration
def test_update_changes_what_it_names_and_leaves_the_rest(api, make_result):
    result = make_result(source="ci", params={"a": 1}, metadata={"a": {"b": 1}})
    before = api.get(f"/api/result/{result.id}").json()
    change = {"source": "local", "params": {"b": 2}, "metadata": {"a": {"c": 2}}, "test_id": "other"}
    answer = api.put(f"/api/result/{result.id}", json=change)
    assert answer.status_code == 200
    assert answer.json() == before | change | {"metadata": {"a": {"b": 1, "c": 2}}}
    assert api.get(f"/api/result/{result.id}").json() == answer.json()


@pytest.mark.integration
def test_component_and_env_follow_the_metadata_of_an_update(api, make_result):
    result = make_result(component="web", env="qa")
    answer = api.put(f"/api/result/{result.id}", json={"metadata": {"component": "api"}}).json()
    assert (answer["component"], answer["env"]) == ("api", "qa")


@pytest.mark.integration
@pytest.mark.parametrize(
    "body", [{}, {"metadata": {}}, {"metadata": None}, {"id": str(uuid4())}, {"result": None}]
)
def test_update_without_anything_new_changes_nothing(api, make_result, body):
    result = make_result(metadata={"a": 1})
    before = api.get(f"/api/result/{result.id}").json()
    assert api.put(f"/api/result/{result.id}", json=body).json() == before


@pytest.mark.integration
def test_summary_is_right_as_soon_as_a_changed_result_is_answered(api, make_run, make_result):
    run = make_run()
    result = make_result(run_id=run.id, result="failed", duration=2)
    api.put(f"/api/result/{result.id}", json={"result": "passed", "duration": 5})
    answer = api.get(f"/api/run/{run.id}").json()
    assert (answer["summary"]["passes"], answer["summary"]["failures"], answer["duration"]) == (1, 0, 5)


@pytest.mark.integration
@pytest.mark.parametrize("by", ["run_id", "metadata"])
def test_moved_result_is_counted_in_its_new_run_only(api, shop, make_run, make_result, make_artifact, by):
    old, new = make_run(project_id=shop.id), make_run(project_id=shop.id)
    result = make_result(run_id=old.id, result="failed")
    make_artifact(result_id=result.id)
    body = {"run_id": str(new.id)} if by == "run_id" else {"metadata": {"run": str(new.id)}}
    assert api.put(f"/api/result/{result.id}", json=body).json()["run_id"] == str(new.id)
    assert (_summary(api, old)["tests"], _summary(api, new)["failures"]) == (0, 1)
    artifact = api.get("/api/artifact", params={"resultId": str(result.id)}).json()["artifacts"][0]
    assert artifact["run_id"] == str(new.id)


@pytest.mark.integration
def test_result_moves_with_a_run_of_the_project_it_moves_to(api, make_run, make_result, make_artifact):
    result, target = make_result(), make_run()
    artifact = make_artifact(result_id=result.id)
    body = {"project_id": str(target.project_id), "run_id": str(target.id)}
    answer = api.put(f"/api/result/{result.id}", json=body).json()
    assert (answer["project_id"], answer["run_id"]) == (str(target.project_id), str(target.id))
    assert api.get(f"/api/artifact/{artifact.id}").json()["run_id"] == str(target.id)


@pytest.mark.validation
def test_result_stays_in_the_project_of_its_run(api, make_project, make_run, make_result):
    result = make_result()
    url = f"/api/result/{result.id}"
    assert_problem(api.put(url, json={"project_id": str(make_project().id)}), 400, "no run", field="run_id")
    assert_problem(api.put(url, json={"run_id": str(make_run().id)}), 400, "no run", field="run_id")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"run_id": MISSING_ID}, "run_id"),
        ({"run_id": "x"}, "run_id"),
        ({"metadata": {"project": "nobody"}}, "project"),
        ({"metadata": {"component": 5}}, "metadata.component"),
        ({"metadata": {"user_properties": "x"}}, "metadata.user_properties"),
        ({"result": "great"}, "result"),
        ({"artifacts": []}, "artifacts"),
    ],
)
def test_bad_update_is_400_and_names_the_field(api, make_result, body, field):
    assert_problem(api.put(f"/api/result/{make_result().id}", json=body), 400, field=field)


@pytest.mark.integration
def test_member_cannot_move_a_result_to_where_they_are_not_a_member(
    api_of, make_user, make_project, make_run, make_result
):
    user = make_user()
    own, other = make_project(users=[user]), make_project(name="other")
    result = make_result(project_id=own.id)
    run = make_run(project_id=other.id)
    send, url = api_of(user), f"/api/result/{result.id}"
    assert send("PUT", url, json={"metadata": {"project": "other"}}).status_code == 403
    assert send("PUT", url, json={"project_id": str(other.id)}).status_code == 403
    assert send("PUT", url, json={"run_id": str(run.id)}).status_code == 400
    assert send("GET", url).json()["project_id"] == str(own.id)


@pytest.mark.integration
def test_results_are_listed_newest_first(api, shop, make_run, make_result):
    run = make_run(project_id=shop.id)
    results = [
        make_result(run_id=run.id, start_time=datetime(2026, 11, day, tzinfo=UTC)) for day in (2, 3, 1)
    ]
    response = api.get("/api/result", params={"filter": f"run_id={run.id},project_id={shop.id}"})
    assert_page(response, "results", [results[1].id, results[0].id, results[2].id])


@pytest.mark.integration
def test_every_member_sees_the_results_of_their_projects_only(api_of, make_user, make_project, make_result):
    member, owner = make_user(), make_user()
    project = make_project(users=[member], owner_id=owner.id)
    result = make_result(project_id=project.id)
    make_result()
    for user in (member, owner):
        assert_page(api_of(user)("GET", "/api/result"), "results", [result.id])


@pytest.mark.validation
def test_list_must_name_a_project_where_the_caller_has_none(api, api_of, make_user, make_project):
    assert_problem(api.get("/api/result"), 400, "project_id filter is required for unscoped queries")
    outsider = api_of(make_user())
    assert_problem(outsider("GET", "/api/result"), 400, "project_id filter is required")
    query = {"filter": f"project_id={make_project().id}"}
    assert_page(outsider("GET", "/api/result", params=query), "results", [])


@pytest.mark.integration
def test_tests_of_a_project_are_remembered_with_first_and_last_time(api, shop):
    for day in ("02", "01", "03"):
        api.post("/api/result", json=result_body("shop", start_time=f"2026-11-{day}"))
    test = Test.query.one()
    assert (test.project_id, test.test_id) == (shop.id, "test_shop")
    assert (test.first_seen.day, test.last_seen.day) == (1, 3)


@pytest.mark.integration
def test_posting_a_result_takes_five_statements(api_of, make_user, make_project, make_run, count_statements):
    user = make_user()
    project = make_project(name="shop", users=[user])
    send, run = api_of(user), make_run(project_id=project.id)
    send("POST", "/api/result", json=result_body("shop", run.id))
    with count_statements() as statements:
        assert send("POST", "/api/result", json=result_body("shop", run.id)).status_code == 201
    assert len(statements) == 5, statements


@pytest.mark.integration
def test_lists_take_the_same_number_of_statements_whatever_their_length(
    api, shop, make_run, bulk_result_creator, count_statements
):
    run = make_run(project_id=shop.id)
    bulk_result_creator(50, run_id=run.id, project_id=shop.id)
    counts = []
    for plural, size in [(plural, size) for plural in ("result", "run") for size in (5, 50)]:
        query = {"filter": f"project_id={shop.id}", "pageSize": size}
        with count_statements() as statements:
            assert api.get(f"/api/{plural}", params=query).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]


@pytest.mark.integration
def test_run_that_a_result_names_may_be_reported_again(api, shop):
    run = run_body("shop")
    api.post("/api/run", json=run)
    api.post("/api/result", json=result_body("shop", run["id"], result="failed"))
    api.put(f"/api/run/{run['id']}", json={**run, "summary": {"tests": 1, "failures": 0}})
    assert api.get(f"/api/run/{run['id']}").json()["summary"]["failures"] == 1
