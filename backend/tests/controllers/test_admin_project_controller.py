"""Every project over HTTP, for superadmins."""

import pytest
from fixtures.constants import MISSING_ID, PASSWORD
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db.models import (
    Artifact,
    Dashboard,
    Import,
    Membership,
    Project,
    Result,
    Run,
    Test,
    Token,
    WidgetConfig,
)
from ibutsu_server.domain import deletion, tests

PARTS = (Artifact, Dashboard, Import, Membership, Result, Run, Test, WidgetConfig)


@pytest.fixture
def owner(make_user):
    return make_user(email="owner@example.com", password=PASSWORD)


@pytest.fixture
def shop(make_project, owner):
    return make_project(name="shop", title="Shop", owner_id=owner.id, users=[owner])


@pytest.mark.integration
def test_project_is_answered_with_its_owner(api, shop, owner):
    answer = api.get(f"/api/admin/project/{shop.id}").json()
    assert answer == {
        **api.get(f"/api/project/{shop.id}").json(),
        "owner": {
            "id": str(owner.id),
            "email": "owner@example.com",
            "name": "Test User",
            "is_superadmin": False,
            "is_active": True,
            "group_id": None,
        },
    }
    assert api.get("/api/admin/project").json()["projects"] == [answer]


@pytest.mark.integration
def test_project_without_owner_says_so(api, make_project):
    assert api.get(f"/api/admin/project/{make_project().id}").json()["owner"] is None


@pytest.mark.integration
def test_new_project_belongs_to_who_makes_it(api, owner):
    response = api.post("/api/admin/project", json={"name": "new", "owner_id": str(owner.id)})
    assert response.status_code == 201
    me = api.get("/api/user").json()
    assert (response.json()["owner"], response.json()["users"]) == (me, [me])


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "status", "text", "field"),
    [
        ({}, 400, "required", "name"),
        ({"name": "SHOP"}, 409, "already exist", "name"),
        ({"name": "new", "group_id": MISSING_ID}, 400, f"Group id {MISSING_ID} doesn't exist", "group_id"),
        ({"name": "new", "runs": []}, 400, "unexpected", "runs"),
    ],
)
def test_bad_project_is_refused(api, shop, body, status, text, field):
    assert_problem(api.post("/api/admin/project", json=body), status, text, field=field)
    assert Project.query.count() == 1


@pytest.mark.integration
def test_projects_are_listed_by_name_and_found_by_owner_group_and_filter(
    api, shop, owner, make_project, make_group
):
    group = make_group()
    grouped = make_project(name="grouped", group_id=group.id, owner_id=owner.id)
    for query, found in [
        ({}, [grouped.id, shop.id]),
        ({"ownerId": str(owner.id), "groupId": str(group.id)}, [grouped.id]),
        ({"groupId": ""}, [grouped.id, shop.id]),
        ({"filter": "name%SHO"}, [shop.id]),
    ]:
        assert_page(api.get("/api/admin/project", params=query), "projects", found)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"ownerId": "x"}, "is not a valid UUID"),
        ({"filter": "users=1"}, "Unknown field"),
        ({"page": 2**62}, "too big"),
        ({"pageSize": 0}, "pageSize"),
    ],
)
def test_bad_list_parameters_are_400(api, query, text):
    assert_problem(api.get("/api/admin/project", params=query), 400, text)


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    api, make_user, make_project, count_statements
):
    for _ in range(50):
        make_project(owner_id=make_user().id, users=[make_user(), make_user()])
    counted = []
    for size in (5, 50):
        with count_statements() as statements:
            projects = api.get("/api/admin/project", params={"pageSize": size}).json()["projects"]
        assert [len(project["users"]) for project in projects] == [2] * size
        assert all(project["owner"]["id"] == project["owner_id"] for project in projects)
        counted.append(len(statements))
    assert counted[0] == counted[1]


@pytest.mark.integration
def test_new_owner_becomes_a_member(api, shop, make_user):
    heir = make_user(email="heir@example.com")
    answer = api.put(f"/api/admin/project/{shop.id}", json={"owner_id": str(heir.id)}).json()
    assert answer["owner"]["email"] == "heir@example.com"
    assert "heir@example.com" in [user["email"] for user in answer["users"]]


@pytest.mark.integration
def test_project_can_be_sent_back_as_it_was_read(api, shop, make_dashboard):
    dashboard = make_dashboard(project_id=shop.id)
    url = f"/api/admin/project/{shop.id}"
    api.put(url, json={"default_dashboard_id": str(dashboard.id)})
    project = api.get(url).json()
    assert api.put(url, json=project).json() == project


@pytest.mark.integration
def test_published_client_sends_null_for_what_it_does_not_know(api, shop, owner):
    body = {"name": "shop", "title": "Shops", "owner_id": None, "group_id": None}
    answer = api.put(f"/api/admin/project/{shop.id}", json=body).json()
    assert (answer["title"], answer["owner_id"]) == ("Shops", str(owner.id))


@pytest.fixture
def full_shop(
    shop,
    owner,
    db_session,
    make_run,
    make_result,
    make_artifact,
    make_import,
    make_dashboard,
    make_widget_config,
):
    """A project with two or more of everything."""
    for _ in range(2):
        run = make_run(project_id=shop.id)
        result = make_result(project_id=shop.id, run_id=run.id)
        make_artifact(run_id=run.id)
        make_artifact(result_id=result.id)
        make_import(project_id=shop.id, run_id=run.id)
        shop.default_dashboard_id = make_dashboard(project_id=shop.id).id
        make_widget_config(project_id=shop.id, dashboard_id=shop.default_dashboard_id)
        tests.saw(shop.id, str(run.id), run.start_time)
    db_builders.token(owner, project_id=shop.id)
    return shop


@pytest.mark.integration
def test_deleted_project_takes_everything_along_and_nothing_else(api, full_shop, make_artifact, monkeypatch):
    monkeypatch.setattr(deletion, "SIZE", 1)
    other = make_artifact()
    assert api.delete(f"/api/admin/project/{full_shop.id}").json() == "OK"
    assert_problem(api.get(f"/api/admin/project/{full_shop.id}"), 404, "Project not found")
    left = {kind.__name__: kind.query.count() for kind in PARTS if kind.query.count()}
    assert left == {"Artifact": 1, "Result": 1, "Run": 1, "Test": 1}
    assert (Artifact.query.one().id, Token.query.filter(Token.project_id.is_not(None)).count()) == (
        other.id,
        0,
    )


@pytest.mark.validation
@pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("5f1e2d3c4b5a69788796a5b4", 400)])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_project_is_told(api, method, id_, status):
    body = {"json": {"title": "x"}} if method == "PUT" else {}
    assert_problem(api.request(method, f"/api/admin/project/{id_}", **body), status)
