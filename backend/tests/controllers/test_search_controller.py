"""Search in a project over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_problem
from sqlalchemy import insert

from ibutsu_server.db import db
from ibutsu_server.db.models import Run, Test
from ibutsu_server.db.types import new_id, now

pytestmark = pytest.mark.integration


@pytest.fixture
def shop(make_project):
    return make_project()


@pytest.fixture
def find(shop, api):
    """`find(text)` is what the shop answers."""

    def _find(text, **query):
        response = api.request("GET", f"/api/project/{shop.id}/search", params={"text": text, **query})
        assert response.status_code == 200, response.text
        return response.json()

    return _find


@pytest.fixture
def saw(shop):
    """`saw("a", "b")`: these tests are known, each seen a minute before the one after it."""

    def _saw(*tests, project_id=None):
        seen = [now() + timedelta(minutes=i) for i in range(len(tests))]
        place = {"project_id": project_id or shop.id}
        rows = [
            {"test_id": test, "first_seen": at, "last_seen": at, **place}
            for test, at in zip(tests, seen, strict=True)
        ]
        db.session.execute(insert(Test), rows)
        db.session.commit()

    return _saw


def _tests(found):
    return [test["test_id"] for test in found["tests"]]


def _runs(found):
    return [run["id"] for run in found["runs"]]


def test_tests_are_found_by_a_part_in_any_case_newest_first(find, saw, make_project):
    saw("suite.test_Login", "suite.LOGIN_again", "suite.logout")
    saw("login", project_id=make_project().id)
    found = find("login")
    assert _tests(found) == ["suite.LOGIN_again", "suite.test_Login"]
    assert (found["runs"], found["results"]) == ([], [])
    assert _tests(find("LOGIN", limit=1)) == ["suite.LOGIN_again"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "a.b", "[1]", "ß", "Ä", "'", '"', "(?i)", "日本"])
def test_every_character_means_itself(find, saw, text):
    saw("plain", f"with {text} in it")
    assert _tests(find(text)) == [f"with {text} in it"]


def test_case_of_other_letters_is_nothing_either(find, saw):
    saw("test_ÄRGER", "test_arger")
    assert _tests(find("ärger")) == ["test_ÄRGER"]


@pytest.mark.parametrize(
    "values",
    [
        {"source": "Jenkins-Agent"},
        {"component": "my jenkins"},
        {"env": "JENKINS"},
        {"metadata": {"jenkins": {"job_name": "jenkins-nightly"}}},
        {"metadata": {"jenkins": {"build_number": "jenkins-7"}}},
        {"metadata": {"build": "jenkins-7"}},
        {"metadata": {"build_number": "jenkins-7"}},
        {"metadata": {"branch": "fix/jenkins"}},
        {"metadata": {"commit": "jenkins"}},
        {"metadata": {"ci": {"branch": "jenkins"}}},
        {"metadata": {"ci": {"commit": "jenkins"}}},
    ],
    ids=str,
)
def test_runs_are_found_by_what_they_are_called(find, shop, make_run, values):
    run = make_run(project_id=shop.id, **values)
    make_run(project_id=shop.id, metadata={"jenkins": {"url": "x"}, "other": "jenkins", "branch": None})
    make_run(**values)
    assert _runs(find("jenkins")) == [str(run.id)]


def test_number_of_a_build_is_found_as_it_is_written(find, shop, make_run):
    run = make_run(project_id=shop.id, metadata={"jenkins": {"build_number": 4711}})
    assert _runs(find("471")) == [str(run.id)]


def test_runs_come_newest_first(find, shop, make_run):
    old, new = (make_run(project_id=shop.id, env="qa", start_time=now() - timedelta(days=i)) for i in (2, 1))
    assert _runs(find("QA")) == [str(new.id), str(old.id)]
    assert _runs(find("qa", limit=1)) == [str(new.id)]


RUN = UUID("deadbeef-0123-4567-89ab-000000000001")


@pytest.mark.parametrize("text", ["dead", "DEADBEEF", "deadbeef-", "deadbeef-0123-45", "deadbeef01234567"])
def test_run_is_found_by_the_beginning_of_its_id(find, shop, make_run, text):
    make_run(project_id=shop.id, id=RUN)
    make_run(project_id=shop.id)
    assert _runs(find(text)) == [str(RUN)]


@pytest.mark.parametrize("text", ["dea", "beef", "de-ad", "dead-beef", "%dead", "dead_eef"])
def test_what_is_no_beginning_of_an_id_finds_none(find, shop, make_run, text):
    make_run(project_id=shop.id, id=RUN)
    assert _runs(find(text)) == []


@pytest.mark.parametrize("write", [str, lambda id_: id_.hex, lambda id_: str(id_).upper()])
def test_whole_id_finds_the_run_or_the_result(find, shop, make_run, make_result, write):
    run = make_run(project_id=shop.id)
    result = make_result(project_id=shop.id, run_id=run.id)
    assert _runs(find(write(run.id))) == [str(run.id)]
    found = find(write(result.id))
    assert ([one["id"] for one in found["results"]], found["runs"]) == ([str(result.id)], [])


def test_ids_of_other_projects_are_not_found(find, make_run, make_result):
    run = make_run()
    result = make_result(project_id=run.project_id, run_id=run.id)
    for id_ in (run.id, result.id):
        assert find(str(id_)) == {"tests": [], "runs": [], "results": []}


def test_old_run_is_found_by_its_id_alone(find, shop, make_run):
    long_ago = now() - timedelta(days=1000)
    old = make_run(project_id=shop.id, env="stage", start_time=long_ago)
    runs = [
        {"id": new_id(), "project_id": shop.id, "env": "qa", "start_time": now(), "result_count": 0}
        for _ in range(2000)
    ]
    db.session.execute(insert(Run), runs)
    db.session.commit()
    assert _runs(find("stage")) == []
    assert _runs(find(str(old.id))) == [str(old.id)]


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, None),
        ({"text": ""}, None),
        ({"text": "  "}, "text"),
        ({"text": "a\0b"}, None),
        ({"text": "a" * 201}, None),
        ({"text": "a", "limit": 51}, None),
        ({"text": "a", "limit": 0}, None),
    ],
)
def test_bad_question_is_400(api, shop, query, field):
    response = api.request("GET", f"/api/project/{shop.id}/search", params=query)
    assert_problem(response, 400, **({"field": field} if field else {}))


def test_project_of_others_is_403_and_none_404(shop, api, api_of, make_user):
    query = {"params": {"text": "a"}}
    assert_problem(api_of(make_user())("GET", f"/api/project/{shop.id}/search", **query), 403)
    assert_problem(api.request("GET", f"/api/project/{MISSING_ID}/search", **query), 404)


def test_few_statements_whatever_is_found(find, shop, make_run, count_statements):
    for i in range(5):
        make_run(project_id=shop.id, env=f"qa{i}")
    with count_statements() as statements:
        assert len(find("qa")["runs"]) == 5
    assert len(statements) <= 5
