"""Deleting runs and results over HTTP: what goes with them, what is counted then, and who may."""

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_page, assert_problem
from helpers.factories import run_body

from ibutsu_server.db.models import Artifact, Import, Result, Run, Test
from ibutsu_server.domain import artifacts, deletion
from ibutsu_server.storage import Storage


@pytest.fixture
def run(make_project, make_run):
    return make_run(project_id=make_project(name="shop").id)


@pytest.fixture
def add(make_result, run):
    """Makes a result of the run."""
    return lambda outcome, **values: make_result(
        run_id=run.id, project_id=run.project_id, result=outcome, **values
    )


def _summary(api, run):
    summary = api.get(f"/api/run/{run.id}").json()["summary"]
    return {name: summary[name] for name in ("tests", "passes", "failures", "pass_percent")}


@pytest.mark.integration
def test_deleted_run_takes_results_and_artifacts_along(
    api, run, add, make_artifact, make_import, monkeypatch
):
    monkeypatch.setattr(deletion, "SIZE", 2)
    for _ in range(5):
        make_artifact(result_id=add("passed").id)
    make_artifact(run_id=run.id)
    import_ = make_import(project_id=run.project_id, run_id=run.id)
    other = make_artifact()
    url = f"/api/run/{run.id}"
    assert api.delete(url).json() == "OK"
    assert_problem(api.get(url), 404, "Run not found")
    assert_problem(api.delete(url), 404, "Run not found")
    assert [one.id for one in Artifact.query] == [other.id]
    assert (Run.query.count(), Result.query.count()) == (1, 1)
    assert Import.query.filter_by(id=import_.id, run_id=None).count() == 1


@pytest.mark.integration
def test_totals_are_right_at_once(api, run, add, make_run):
    kept = make_run(project_id=run.project_id)
    add("passed"), add("failed")
    filter_ = {"filter": f"project_id={run.project_id}"}
    assert api.get("/api/result", params=filter_).json()["pagination"]["totalItems"] == 2
    api.delete(f"/api/run/{run.id}")
    assert_page(api.get("/api/result", params=filter_), "results", [])
    assert_page(api.get("/api/run", params=filter_), "runs", [kept.id])


@pytest.mark.integration
def test_tests_that_were_seen_stay_known(api, run, add):
    add("passed", test_id="test_cart")
    api.delete(f"/api/run/{run.id}")
    assert [test.test_id for test in Test.query] == ["test_cart"]


@pytest.mark.integration
def test_run_can_be_posted_again_after_it_was_deleted(api, run):
    body = run_body("shop", id=str(run.id))
    assert_problem(api.post("/api/run", json=body), 409)
    api.delete(f"/api/run/{run.id}")
    assert api.post("/api/run", json=body).status_code == 201


@pytest.mark.integration
def test_deleted_result_is_no_longer_counted(api, run, add, make_artifact):
    results = [add("passed", duration=2.0), add("passed", duration=3.0), add("failed", duration=4.0)]
    make_artifact(result_id=results[2].id)
    kept = make_artifact(result_id=results[0].id)
    assert api.delete(f"/api/result/{results[2].id}").json() == "OK"
    assert _summary(api, run) == {"tests": 2, "passes": 2, "failures": 0, "pass_percent": 100}
    assert api.get(f"/api/run/{run.id}").json()["duration"] == 5.0
    assert [one.id for one in Artifact.query] == [kept.id]


@pytest.mark.integration
def test_run_that_lost_its_last_result_is_empty(api, run, add):
    result = add("failed")
    api.delete(f"/api/result/{result.id}")
    assert _summary(api, run) == {"tests": 0, "passes": 0, "failures": 0, "pass_percent": 0}
    assert_problem(api.get(f"/api/result/{result.id}"), 404, "Result not found")


@pytest.mark.integration
def test_result_without_run_is_deleted(api, run, make_result):
    result = make_result(project_id=run.project_id, run_id=None)
    assert api.delete(f"/api/result/{result.id}").json() == "OK"
    assert Result.query.count() == 0


@pytest.mark.integration
def test_bytes_of_what_was_deleted_go_with_the_next_clean_up(
    api, run, add, make_artifact, tmp_path, db_session
):
    storage = Storage.open(tmp_path.as_uri())
    doomed = [make_artifact(run_id=run.id), make_artifact(result_id=add("passed").id)]
    kept = make_artifact()
    for artifact in (*doomed, kept):
        storage.put(artifact.storage_key, [b"x"])
    left = {kept.storage_key}
    api.delete(f"/api/run/{run.id}")
    db_session.expire_all()
    artifacts.clean_up(storage, older_than=-artifacts.ABANDONED_AFTER)
    assert {found.key for page in storage.list("artifacts") for found in page} == left


@pytest.mark.validation
@pytest.mark.parametrize("noun", ["run", "result"])
def test_reporters_do_not_even_delete_what_they_posted(api_of, make_user, make_project, noun):
    jo = make_user()
    make_project(name="office", users=[jo], role="reporter")
    send = api_of(jo)
    run = send("POST", "/api/run", json=run_body("office")).json()
    body = {"run_id": run["id"], "metadata": {"project": "office"}}
    ids = {"run": run["id"], "result": send("POST", "/api/result", json=body).json()["id"]}
    assert_problem(send("DELETE", f"/api/{noun}/{ids[noun]}"), 403, "role maintainer")
    assert send("GET", f"/api/{noun}/{ids[noun]}").status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("x", 400)])
@pytest.mark.parametrize("noun", ["run", "result"])
def test_unknown_things_cannot_be_deleted(api, noun, id_, status):
    assert_problem(api.delete(f"/api/{noun}/{id_}"), status)
