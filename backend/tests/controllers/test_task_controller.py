"""Long lists over HTTP: ordered with one request, prepared in the background, fetched with another."""

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_problem

from ibutsu_server.db.models import Task
from ibutsu_server.errors import Invalid
from ibutsu_server.tasks import read_page as module


@pytest.fixture
def work(flask_app):
    """`work(id)` does what the background worker would do now."""
    return flask_app[0].application.extensions["celery"].tasks["read_page"]


def _order(send, plural, project, **query):
    query = {"filter": f"project_id={project.id}", "pageSize": 501, **query}
    return send("GET", f"/api/{plural}", params=query)


@pytest.fixture
def member(make_user):
    return make_user()


@pytest.fixture
def send(api_of, member):
    return api_of(member)


@pytest.fixture
def shop(make_project, member):
    return make_project(name="shop", users=[member])


@pytest.mark.integration
@pytest.mark.parametrize("plural", ["run", "result"])
def test_page_over_500_is_ordered_and_fetched_later(send, shop, make_run, make_result, work, plural):
    make_result(project_id=shop.id, run_id=make_run(project_id=shop.id).id)
    make_result()
    ordered = _order(send, plural, shop)
    assert ordered.status_code == 201
    task_id = ordered.json()["task_id"]
    assert ordered.json()["query_endpoint"] == f"/task/{task_id}"
    waiting = send("GET", f"/api/task/{task_id}")
    assert (waiting.status_code, waiting.json()["state"]) == (206, "PENDING")
    work(task_id)
    done = send("GET", f"/api/task/{task_id}")
    assert (done.status_code, done.json()["state"]) == (200, "SUCCESS")
    assert done.json()["message"] == "Task has succeeded"
    expected = send("GET", f"/api/{plural}", params={"filter": f"project_id={shop.id}"}).json()
    assert done.json()[f"{plural}s"] == expected[f"{plural}s"]
    assert done.json()["pagination"] == expected["pagination"] | {"pageSize": 501}
    assert expected["pagination"]["totalItems"] == 1


@pytest.mark.integration
def test_page_of_500_is_answered_at_once(send, shop):
    assert _order(send, "result", shop, pageSize=500).status_code == 200


@pytest.mark.integration
def test_task_answers_with_the_rights_of_who_ordered_it(api_of, make_user, shop, make_result, work):
    make_result(project_id=shop.id)
    outsider = api_of(make_user())
    task_id = _order(outsider, "result", shop).json()["task_id"]
    work(task_id)
    assert outsider("GET", f"/api/task/{task_id}").json()["results"] == []


@pytest.mark.integration
def test_task_is_for_who_ordered_it_only(api, api_of, make_user, send, shop, work):
    task_id = _order(send, "result", shop).json()["task_id"]
    for _ in range(2):
        assert_problem(api_of(make_user())("GET", f"/api/task/{task_id}"), 403)
        assert_problem(api.get(f"/api/task/{task_id}"), 403)
        work(task_id)


@pytest.mark.integration
def test_unknown_task_is_answered_like_one_that_waits(send):
    response = send("GET", f"/api/task/{MISSING_ID}")
    assert (response.status_code, response.json()["state"]) == (206, "PENDING")
    assert response.json()["message"] == "Task not yet started or invalid, check back later"


@pytest.mark.validation
def test_malformed_id_is_400(send):
    assert_problem(send("GET", "/api/task/x"), 400, "is not a valid UUID")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("state", "status", "message"),
    [
        ("PENDING", 206, "Task not yet started or invalid, check back later"),
        ("STARTED", 206, "Task has started but is still running, check back later"),
        ("RETRY", 206, "Task has been retried, possibly due to failure"),
        ("SUCCESS", 200, "Task has succeeded"),
        ("FAILURE", 203, "Task has failed!"),
    ],
)
def test_state_has_its_status_and_message(send, member, db_session, state, status, message):
    task = Task(user_id=member.id, name="results", params={}, state=state)
    db_session.add(task)
    db_session.commit()
    response = send("GET", f"/api/task/{task.id}")
    assert (response.status_code, response.json()) == (status, {"state": state, "message": message})


@pytest.mark.integration
def test_failure_says_why_line_by_line(send, shop, work, monkeypatch):
    task_id = _order(send, "result", shop).json()["task_id"]

    def fail(*_args, **_kwargs):
        raise Invalid("first\nsecond")

    monkeypatch.setattr(module.listing, "newest", fail)
    work(task_id)
    response = send("GET", f"/api/task/{task_id}")
    assert (response.status_code, response.json()["error"]) == (203, ["first", "second"])


@pytest.mark.validation
@pytest.mark.parametrize("plural", ["run", "result"])
def test_filters_of_a_long_list_are_checked_when_it_is_done(api, work, plural):
    task_id = api.get(f"/api/{plural}", params={"pageSize": 501}).json()["task_id"]
    work(task_id)
    failed = api.get(f"/api/task/{task_id}")
    assert failed.status_code == 203
    assert "project_id filter is required" in failed.json()["error"][0]


@pytest.mark.integration
def test_order_that_is_gone_is_forgotten(work, db_session):
    work(MISSING_ID)
    assert Task.query.count() == 0


@pytest.mark.validation
@pytest.mark.parametrize("noun", ["run", "result"])
@pytest.mark.parametrize("page", [2**63, 7490654772312098943795200])
def test_page_that_cannot_be_counted_to_is_not_ordered(api, noun, page):
    response = api.get(f"/api/{noun}", params={"page": page, "pageSize": 501})
    assert_problem(response, 400, "too big", field="page")
