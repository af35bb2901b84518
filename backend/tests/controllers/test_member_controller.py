"""The members of a project over HTTP: who they are, what they may, and who decides that."""

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_problem
from helpers.factories import run_body

from ibutsu_server.db.models import Membership


@pytest.fixture
def owner(make_user):
    return make_user(email="owner@example.com")


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com")


@pytest.fixture
def shop(make_project, owner):
    """The owner has no membership of their own."""
    return make_project(name="shop", owner_id=owner.id)


@pytest.fixture
def send(api_of, owner):
    return api_of(owner)


@pytest.fixture
def url(shop):
    return f"/api/project/{shop.id}/members"


def _roles(response):
    return {member["user"]["email"]: member["role"] for member in response.json()["members"]}


@pytest.mark.integration
def test_members_are_listed_by_address_the_owner_among_them(send, url, jo):
    send("PUT", f"{url}/{jo.id}", json={"role": "viewer"})
    response = send("GET", url)
    assert response.json() == {
        "members": [
            {"user": _user(jo), "role": "viewer"},
            {"user": send("GET", "/api/user").json(), "role": "owner"},
        ],
        "pagination": {"page": 1, "pageSize": 25, "totalItems": 2, "totalPages": 1},
    }


def _user(user):
    said = {"email": user.email, "name": user.name, "is_superadmin": False, "is_active": True}
    return {"id": str(user.id), **said, "group_id": None}


@pytest.mark.integration
def test_owner_who_is_also_a_member_is_shown_once_as_owner(send, url, shop, owner, make_project):
    send("PUT", f"{url}/{owner.id}", json={"role": "owner"})
    assert _roles(send("GET", url)) == {"owner@example.com": "owner"}


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    send, make_project, make_user, owner, count_statements
):
    project = make_project(owner_id=owner.id, users=[make_user() for _ in range(50)])
    counted = []
    for size in (5, 50):
        with count_statements() as statements:
            answer = send("GET", f"/api/project/{project.id}/members", params={"pageSize": size}).json()
        assert len(answer["members"]) == size
        counted.append(len(statements))
    assert counted[0] == counted[1]


@pytest.mark.integration
def test_role_decides_what_somebody_may(send, api_of, url, shop, jo):
    as_jo = api_of(jo)
    asked = {
        "look": lambda: as_jo("GET", f"/api/project/{shop.id}"),
        "post": lambda: as_jo("POST", "/api/run", json=run_body("shop")),
        "edit": lambda: as_jo("POST", "/api/dashboard", json={"title": "x", "project_id": str(shop.id)}),
        "decide": lambda: as_jo("PUT", f"/api/project/{shop.id}", json={"title": "x"}),
    }
    for number, role in enumerate(("viewer", "reporter", "maintainer", "owner"), start=1):
        answer = send("PUT", f"{url}/{jo.id}", json={"role": role})
        assert (answer.status_code, answer.json()) == (200, {"user": _user(jo), "role": role})
        may = [name for name, ask in asked.items() if ask().status_code < 300]
        assert may == list(asked)[:number]


@pytest.mark.validation
def test_owner_of_the_project_is_neither_demoted_nor_removed(send, url, owner):
    text = "owner@example.com owns the project"
    for role in ("viewer", "maintainer"):
        assert_problem(send("PUT", f"{url}/{owner.id}", json={"role": role}), 400, text, field="role")
    assert_problem(send("DELETE", f"{url}/{owner.id}"), 400, text, field="user_id")
    assert _roles(send("GET", url)) == {"owner@example.com": "owner"}


@pytest.mark.integration
def test_second_owner_may_do_all_but_remove_the_first(send, api_of, url, jo, owner, make_user):
    send("PUT", f"{url}/{jo.id}", json={"role": "owner"})
    as_jo, third = api_of(jo), make_user(email="third@example.com")
    assert as_jo("PUT", f"{url}/{third.id}", json={"role": "viewer"}).status_code == 200
    assert_problem(as_jo("DELETE", f"{url}/{owner.id}"), 400, "owns the project")
    assert send("PUT", f"{url}/{jo.id}", json={"role": "viewer"}).status_code == 200


@pytest.mark.integration
def test_removed_member_is_locked_out(send, api_of, url, shop, jo):
    send("PUT", f"{url}/{jo.id}", json={"role": "maintainer"})
    assert send("DELETE", f"{url}/{jo.id}").json() == "OK"
    assert_problem(api_of(jo)("GET", url), 403)
    assert_problem(send("DELETE", f"{url}/{jo.id}"), 404, "Member not found")
    assert Membership.query.count() == 0


@pytest.mark.integration
@pytest.mark.parametrize("role", ["viewer", "reporter", "maintainer"])
def test_members_may_leave_but_not_manage_others(send, api_of, url, jo, make_user, role):
    other = make_user()
    for user in (jo, other):
        send("PUT", f"{url}/{user.id}", json={"role": role})
    as_jo = api_of(jo)
    assert_problem(as_jo("PUT", f"{url}/{jo.id}", json={"role": "owner"}), 403, "role owner")
    assert_problem(as_jo("DELETE", f"{url}/{other.id}"), 403, "role owner")
    assert as_jo("DELETE", f"{url}/{str(jo.id).upper()}").json() == "OK"
    assert_problem(as_jo("GET", url), 403)


@pytest.mark.integration
def test_limited_token_does_not_leave_for_its_user(send, flask_app, auth_headers, url, shop, jo):
    send("PUT", f"{url}/{jo.id}", json={"role": "maintainer"})
    for limits in ({"role": "viewer"}, {"project_id": shop.id}):
        headers = auth_headers(db_builders.token(jo, **limits))
        assert_problem(flask_app[0].delete(f"{url}/{jo.id}", headers=headers), 403, "limited")


@pytest.mark.validation
def test_outsiders_see_and_change_nothing(api_of, url, jo):
    as_jo = api_of(jo)
    for response in (
        as_jo("GET", url),
        as_jo("PUT", f"{url}/{jo.id}", json={"role": "viewer"}),
        as_jo("DELETE", f"{url}/{jo.id}"),
    ):
        assert_problem(response, 403)
        assert "owner@example.com" not in response.text


@pytest.mark.validation
@pytest.mark.parametrize(
    ("user_id", "body", "status", "text"),
    [
        ("x", {"role": "viewer"}, 400, "is not a valid UUID"),
        (MISSING_ID, {"role": "viewer"}, 404, "User not found"),
        (MISSING_ID, {"role": "king"}, 400, "king"),
        (MISSING_ID, {"role": None}, 400, "role"),
        (MISSING_ID, {}, 400, "role"),
        (MISSING_ID, {"role": "viewer", "project_id": MISSING_ID}, 400, "unexpected"),
    ],
)
def test_bad_member_is_refused(send, url, user_id, body, status, text):
    assert_problem(send("PUT", f"{url}/{user_id}", json=body), status, text)
    assert Membership.query.count() == 0
