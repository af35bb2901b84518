"""Projects over HTTP: making, finding and changing them, and filling them with people."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID, PASSWORD
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db.models import Project
from ibutsu_server.db.types import now
from ibutsu_server.domain import tallying


@pytest.fixture
def owner(make_user):
    return make_user(email="owner@example.com", name="Owner", password=PASSWORD)


@pytest.fixture
def send(api_of, owner):
    """Requests of somebody who is no superadmin."""
    return api_of(owner)


@pytest.fixture
def shop(make_project, owner):
    return make_project(name="shop", title="Shop", owner_id=owner.id, users=[owner])


def _ids(project):
    return {user["id"] for user in project["users"]}


@pytest.mark.integration
def test_whoever_makes_a_project_owns_it_and_is_its_first_member(send, owner):
    response = send("POST", "/api/project", json={"name": "new", "title": "New", "owner_id": MISSING_ID})
    assert response.status_code == 201
    project = response.json()
    assert project == {
        "id": project["id"],
        "name": "new",
        "title": "New",
        "owner_id": str(owner.id),
        "group_id": None,
        "default_dashboard_id": None,
        "users": [send("GET", "/api/user").json()],
    }
    assert send("GET", f"/api/project/{project['id']}").json() == project


@pytest.mark.integration
def test_client_may_choose_the_id(send):
    id_ = str(uuid4())
    assert send("POST", "/api/project", json={"id": id_, "name": "new"}).json()["id"] == id_
    response = send("POST", "/api/project", json={"id": id_, "name": "newer"})
    assert_problem(response, 409, f"Project id {id_} already exist", field="id")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "status", "text", "field"),
    [
        ({}, 400, "required", "name"),
        ({"name": None}, 400, "", "name"),
        ({"name": ""}, 400, "", "name"),
        ({"name": "  "}, 400, "must not be empty", "name"),
        ({"name": str(uuid4())}, 400, "must not look like a UUID", "name"),
        ({"name": uuid4().hex.upper()}, 400, "must not look like a UUID", "name"),
        ({"name": "SHOP"}, 409, "already exist", "name"),
        ({"name": "x" * 256}, 400, "", "name"),
        ({"name": "new", "id": "x"}, 400, "not a valid UUID", "id"),
        ({"name": "new", "group_id": "x"}, 400, "not a valid UUID", "group_id"),
        ({"name": "new", "group_id": MISSING_ID}, 400, "doesn't exist", "group_id"),
        ({"name": "new", "runs": []}, 400, "unexpected", "runs"),
        ({"name": "new", "metadata": {}}, 400, "unexpected", "metadata"),
    ],
)
def test_bad_project_is_refused_and_not_stored(send, shop, body, status, text, field):
    assert_problem(send("POST", "/api/project", json=body), status, text, field=field)
    assert Project.query.count() == 1


@pytest.mark.integration
def test_projects_are_listed_by_name_each_caller_their_own(api, send, owner, make_project):
    b, a = make_project(name="b", users=[owner]), make_project(name="a", owner_id=owner.id)
    other = make_project(name="c")
    assert_page(send("GET", "/api/project"), "projects", [a.id, b.id])
    assert_page(api.get("/api/project"), "projects", [a.id, b.id, other.id])


@pytest.mark.integration
def test_projects_are_found_by_owner_group_and_name(api, shop, owner, make_project, make_group):
    group = make_group()
    grouped = make_project(name="grouped", group_id=group.id)
    for query, found in [
        ({"ownerId": str(owner.id)}, [shop.id]),
        ({"groupId": str(group.id)}, [grouped.id]),
        ({"ownerId": str(owner.id), "groupId": str(group.id)}, []),
        ({"ownerId": "", "groupId": ""}, [grouped.id, shop.id]),
        ({"filter": "name=shop"}, [shop.id]),
        ({"filter": f"owner_id={owner.id}"}, [shop.id]),
    ]:
        assert_page(api.get("/api/project", params=query), "projects", found)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [({"ownerId": "x"}, "ownerId"), ({"groupId": "x"}, "groupId"), ({"filter": "bogus=1"}, None)],
)
def test_bad_list_parameters_are_400(api, query, field):
    assert_problem(api.get("/api/project", params=query), 400, field=field)


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    api, make_user, make_group, make_project, make_dashboard, count_statements
):
    for i in range(50):
        project = make_project(name=f"project-{i:02}", users=[make_user() for _ in range(2)])
        project.default_dashboard_id = make_dashboard(project_id=project.id).id
    make_group()  # its commit stores the dashboards too
    counted = []
    for size in (5, 50):
        with count_statements() as statements:
            projects = api.get("/api/project", params={"pageSize": size}).json()["projects"]
        assert [len(project["users"]) for project in projects] == [2] * size
        assert all(project["defaultDashboard"]["title"] == "Dashboard" for project in projects)
        counted.append(len(statements))
    assert counted[0] == counted[1]


@pytest.mark.integration
def test_members_see_a_project_and_others_get_401(send, shop, api_of, make_user, make_project):
    member = make_user()
    project = make_project(users=[member])
    assert api_of(member)("GET", f"/api/project/{project.id}").status_code == 200
    assert_problem(send("GET", f"/api/project/{project.id}"), 401, "Unauthorized")
    assert_problem(send("GET", f"/api/project/filter-params/{project.id}"), 401, "Unauthorized")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("id_", "status", "text"), [("shop", 400, "is not a valid UUID"), (MISSING_ID, 404, "Project not found")]
)
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("GET", "filter-params/")])
def test_project_is_read_by_id_only(send, shop, method, path, id_, status, text):
    body = {} if method == "PUT" else None
    assert_problem(send(method, f"/api/project/{path}{id_}", json=body), status, text)


@pytest.mark.integration
def test_owner_changes_what_they_name_and_nothing_else(send, shop, make_group):
    before = send("GET", f"/api/project/{shop.id}").json()
    change = {"name": "shop-2", "title": None, "group_id": str(make_group().id)}
    answer = send("PUT", f"/api/project/{shop.id}", json=change)
    assert answer.status_code == 200
    assert answer.json() == before | change
    assert send("PUT", f"/api/project/{shop.id}", json={"group_id": None}).json()["group_id"] is None


@pytest.mark.integration
def test_project_can_be_sent_back_as_it_was_read(send, shop, make_dashboard):
    dashboard = make_dashboard(project_id=shop.id)
    send("PUT", f"/api/project/{shop.id}", json={"default_dashboard_id": str(dashboard.id)})
    project = send("GET", f"/api/project/{shop.id}").json()
    assert project["defaultDashboard"]["id"] == str(dashboard.id)
    assert send("PUT", f"/api/project/{shop.id}", json=project).json() == project


@pytest.mark.integration
def test_members_cannot_change_a_project_but_superadmins_can(api, api_of, make_user, shop, make_project):
    member = make_user()
    project = make_project(users=[member])
    assert_problem(api_of(member)("PUT", f"/api/project/{project.id}", json={"title": "mine"}), 403)
    assert api.put(f"/api/project/{project.id}", json={"title": "ours"}).json()["title"] == "ours"


@pytest.mark.integration
def test_users_are_added_by_address_and_never_removed(send, shop, owner, make_user):
    first, second = make_user(email="first@example.com"), make_user(email="second@example.com")
    url = f"/api/project/{shop.id}"
    users = ["FIRST@example.com", "nobody@example.com", {"email": "second@example.com"}]
    assert _ids(send("PUT", url, json={"users": users}).json()) == {
        str(owner.id),
        str(first.id),
        str(second.id),
    }
    for unchanged in ([], None, ["first@example.com"]):
        assert len(_ids(send("PUT", url, json={"users": unchanged}).json())) == 3


@pytest.mark.integration
def test_new_owner_becomes_a_member_and_the_old_one_loses_their_rights(send, api_of, shop, make_user):
    heir = make_user()
    url = f"/api/project/{shop.id}"
    answer = send("PUT", url, json={"owner_id": str(heir.id)}).json()
    assert answer["owner_id"] == str(heir.id)
    assert str(heir.id) in _ids(answer)
    assert_problem(send("PUT", url, json={"title": "mine"}), 403)


@pytest.mark.integration
def test_project_always_keeps_an_owner(send, shop, owner):
    answer = send("PUT", f"/api/project/{shop.id}", json={"owner_id": None, "title": "ours"}).json()
    assert (answer["owner_id"], answer["title"]) == (str(owner.id), "ours")


@pytest.mark.integration
def test_users_may_be_given_a_role_and_keep_it_where_none_is_said(send, shop, make_user):
    jo, url = make_user(email="jo@example.com"), f"/api/project/{shop.id}"
    for users, role in [
        ([{"email": "JO@example.com", "role": "viewer"}], "viewer"),
        (["jo@example.com"], "viewer"),
        ([{"email": "jo@example.com", "role": "reporter"}], "reporter"),
    ]:
        assert send("PUT", url, json={"users": users}).status_code == 200
        assert send("GET", f"{url}/members").json()["members"][0]["role"] == role
    assert send("GET", f"{url}/members").json()["members"][0]["user"]["id"] == str(jo.id)


@pytest.mark.integration
def test_name_may_change_its_case_but_not_become_anothers(send, shop, make_project):
    make_project(name="Other")
    url = f"/api/project/{shop.id}"
    assert send("PUT", url, json={"name": "Shop"}).json()["name"] == "Shop"
    assert_problem(send("PUT", url, json={"name": "OTHER"}), 409, "already exist", field="name")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": str(uuid4())}, "name"),
        ({"group_id": MISSING_ID}, "group_id"),
        ({"owner_id": MISSING_ID}, "owner_id"),
        ({"owner_id": "x"}, "owner_id"),
        ({"default_dashboard_id": MISSING_ID}, "default_dashboard_id"),
        ({"users": "owner@example.com"}, "users"),
        ({"users": [{"email": "owner@example.com", "role": "viewer"}]}, "role"),
        ({"users": [{"email": "owner@example.com", "role": "king"}]}, "users.0"),
        ({"runs": []}, "runs"),
        ({"results": []}, "results"),
    ],
)
def test_bad_change_is_400_and_changes_nothing(send, shop, body, field):
    before = send("GET", f"/api/project/{shop.id}").json()
    assert_problem(send("PUT", f"/api/project/{shop.id}", json={"title": "x", **body}), 400, field=field)
    assert send("GET", f"/api/project/{shop.id}").json() == before


@pytest.mark.validation
def test_dashboard_of_another_project_cannot_be_the_default(send, shop, make_project, make_dashboard):
    theirs = make_dashboard(project_id=make_project().id)
    body = {"default_dashboard_id": str(theirs.id)}
    response = send("PUT", f"/api/project/{shop.id}", json=body)
    assert_problem(response, 400, field="default_dashboard_id")
    assert theirs.title not in response.text


@pytest.mark.integration
def test_answers_hold_no_password(send, api, shop, owner):
    for response in (
        send("GET", f"/api/project/{shop.id}"),
        api.get("/api/project"),
        send("GET", "/api/user"),
    ):
        assert "password" not in response.text
        assert owner.password_hash not in response.text


@pytest.mark.integration
def test_filter_params_are_the_fields_of_the_newest_result(send, shop, make_result):
    old, new = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    metadata = {"a": {"b": 1, "none": {}}, "tags": ["x"]}
    make_result(project_id=shop.id, start_time=new, metadata=metadata, params={"q": 1})
    make_result(project_id=shop.id, start_time=old, metadata={"old": 1})
    assert set(send("GET", f"/api/project/filter-params/{shop.id}").json()) == {
        *("data.a.b", "data.tags", "params.q", "duration", "project_id", "run_id", "start_time"),
        *("id", "env", "component", "result", "source", "test_id"),
    }


@pytest.mark.integration
def test_filter_params_hold_the_counted_fields_of_older_results(send, shop, make_run, make_result):
    run = make_run(project_id=shop.id)
    for metadata in ({"old": "x"}, {"new": "x"}):
        make_result(project_id=shop.id, run_id=run.id, metadata=metadata, start_time=now())
    tallying.tally(timedelta(0))
    found = send("GET", f"/api/project/filter-params/{shop.id}").json()
    assert {"data.new", "data.old"} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.integration
def test_filter_params_without_results_are_empty(send, shop):
    assert send("GET", f"/api/project/filter-params/{shop.id}").json() == []


@pytest.mark.integration
def test_list_has_a_second_address(api, make_project):
    make_project(name="shop")
    assert api.get("/api/projects").json() == api.get("/api/project").json()
