"""Accounts over HTTP, for superadmins: seeing, making, changing and deleting those of other people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID, PASSWORD, SUPERADMIN_EMAIL
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from sqlalchemy import select

from ibutsu_server.db.models import Dashboard, Membership, Project, Token, User, UserSession
from ibutsu_server.domain import account_codes, sessions
from ibutsu_server.domain.sessions import Lifetimes, Visitor

NEW_PASSWORD = "an altogether different secret"
HOUR = Lifetimes(timedelta(hours=1), timedelta(hours=1))


@pytest.fixture
def boss(db_session):
    """The superadmin who sends the requests of `api`."""
    return db_session.scalars(select(User).where(User.email == SUPERADMIN_EMAIL)).one()


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", name="Jo", password=PASSWORD)


@pytest.fixture
def change(api, jo):
    return lambda **body: api.put(f"/api/admin/user/{jo.id}", json=body)


@pytest.fixture
def access(db_session, jo):
    """A token and a session of Jo."""
    sessions.open_session(jo, Visitor(), HOUR)
    db_builders.token(jo)
    id_ = jo.id
    return lambda: tuple(
        len(db_session.scalars(select(kind).where(kind.user_id == id_)).all())
        for kind in (Token, UserSession)
    )


def _roles(answer):
    return {project["name"]: project["role"] for project in answer.json()["projects"]}


@pytest.mark.integration
def test_new_user_is_inactive_and_powerless_unless_said_otherwise(api):
    response = api.post("/api/admin/user", json={"email": "new@example.com"})
    assert response.status_code == 201
    assert response.json() == {
        "id": response.json()["id"],
        "email": "new@example.com",
        "name": None,
        "is_superadmin": False,
        "is_active": False,
        "is_pending": False,
        "group_id": None,
        "projects": [],
    }
    assert api.get(f"/api/admin/user/{response.json()['id']}").json() == response.json()


@pytest.mark.integration
def test_new_user_can_sign_in_with_the_password_that_was_given(api, make_group):
    group, id_ = make_group(), str(uuid4())
    body = {"id": id_, "email": "new@example.com", "name": "New", "password": PASSWORD, "is_active": True}
    answer = api.post("/api/admin/user", json={**body, "is_superadmin": True, "group_id": str(group.id)})
    assert (answer.json()["id"], answer.json()["group_id"]) == (id_, str(group.id))
    signed_in = api.post("/api/login", json={"email": "new@example.com", "password": PASSWORD})
    assert signed_in.json()["name"] == "New"


@pytest.mark.validation
@pytest.mark.parametrize("email", ["jo@example.com", "JO@Example.com"])
def test_address_belongs_to_one_account_whatever_its_case(api, jo, make_user, email):
    text = f"The user with email {email} already exists"
    assert_problem(api.post("/api/admin/user", json={"email": email}), 409, text, field="email")
    other = make_user()
    assert_problem(api.put(f"/api/admin/user/{other.id}", json={"email": email}), 409, text, field="email")


@pytest.mark.integration
def test_own_address_may_change_its_case(change):
    assert change(email="Jo@Example.com").json()["email"] == "Jo@Example.com"


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a b@example.com"}, "email"),
        ({"email": "a@b", "id": "x"}, "id"),
        ({"email": "a@b", "is_active": "yes"}, "is_active"),
        ({"email": "a@b", "password": "short"}, "password"),
        ({"email": "a@b", "password": ""}, "password"),
        ({"email": "a@b", "password": "p" * 73}, "password"),
        ({"email": "a@b", "group_id": MISSING_ID}, "group_id"),
        ({"email": "a@b", "group_id": "x"}, "group_id"),
        ({"email": "a@b", "projects": [{"id": MISSING_ID}]}, "projects"),
        ({"email": "a@b", "projects": [{"id": "x"}]}, "projects.0.id"),
        ({"email": "a@b", "projects": [{"name": "x"}]}, "projects.0.id"),
        ({"email": "a@b", "projects": [{"id": MISSING_ID, "role": "king"}]}, "projects.0.role"),
        ({"email": "a@b", "_password": "hash"}, "_password"),
        ({"email": "a@b", "password_hash": "hash"}, "password_hash"),
        ({"email": "a@b", "tokens": []}, "tokens"),
    ],
)
def test_bad_user_is_400_and_not_stored(api, jo, body, field):
    before = User.query.count()
    assert_problem(api.post("/api/admin/user", json=body), 400, field=field)
    assert User.query.count() == before
    if field not in ("id", "email"):
        assert_problem(api.put(f"/api/admin/user/{jo.id}", json=body), 400, field=field)


@pytest.mark.validation
def test_taken_id_is_409(api, jo):
    body = {"id": str(jo.id), "email": "new@example.com"}
    assert_problem(api.post("/api/admin/user", json=body), 409, "already exist", field="id")


@pytest.mark.integration
def test_users_are_listed_by_address_with_their_projects(api, boss, jo, make_project):
    make_project(name="shop", users=[jo], role="reporter")
    make_project(name="Bakery", owner_id=jo.id)
    response = api.get("/api/admin/user")
    assert_page(response, "users", [jo.id, boss.id])
    first = response.json()["users"][0]
    assert [(one["name"], one["role"]) for one in first["projects"]] == [
        ("Bakery", "owner"),
        ("shop", "reporter"),
    ]


@pytest.mark.integration
def test_users_are_filtered(api, boss, jo, make_user):
    idle = make_user(email="idle@example.org", is_active=False)
    for filter_, found in [
        ("email%EXAMPLE.COM", [jo.id, boss.id]),
        ("is_active=false", [idle.id]),
        ("is_superadmin=true", [boss.id]),
        ("name=Jo", [jo.id]),
    ]:
        assert_page(api.get("/api/admin/user", params={"filter": filter_}), "users", found)


@pytest.mark.validation
@pytest.mark.parametrize("field", ["password_hash", "_password", "activation_code", "tokens"])
def test_secrets_cannot_be_found_out_by_filters(api, field):
    assert_problem(api.get("/api/admin/user", params={"filter": f"{field}~^a"}), 400, "Unknown field")


@pytest.mark.validation
def test_page_that_cannot_be_counted_to_is_400(api):
    assert_problem(api.get("/api/admin/user", params={"page": 2**63}), 400, "too big")


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    api, make_user, make_project, count_statements
):
    for _ in range(50):
        user = make_user()
        make_project(users=[user])
        make_project(owner_id=user.id)
    counted = []
    for size in (5, 50):
        with count_statements() as statements:
            users = api.get("/api/admin/user", params={"pageSize": size}).json()["users"]
        assert [len(user["projects"]) for user in users] == [2] * size
        counted.append(len(statements))
    assert counted[0] == counted[1]


@pytest.mark.integration
def test_answers_hold_no_password(api, jo):
    for response in (
        api.get("/api/admin/user"),
        api.get(f"/api/admin/user/{jo.id}"),
        api.put(f"/api/admin/user/{jo.id}", json={"name": "J"}),
    ):
        assert jo.password_hash not in response.text
        assert "password" not in response.text
        assert "activation" not in response.text


@pytest.mark.integration
def test_change_without_projects_keeps_memberships(change, make_project, jo):
    make_project(name="shop", users=[jo], role="viewer")
    for body in ({"email": "jo@example.com", "name": "Joanna", "is_active": True}, {"projects": None}):
        assert _roles(change(**body)) == {"shop": "viewer"}


@pytest.mark.integration
def test_projects_that_are_given_replace_memberships(change, make_project, jo):
    make_project(name="left", users=[jo])
    kept, new, shown = (
        make_project(name="kept", users=[jo], role="viewer"),
        *(make_project(name=name) for name in ("new", "shown")),
    )
    given = [{"id": str(kept.id)}, {"id": str(new.id)}, {"id": str(shown.id), "role": "reporter"}]
    assert _roles(change(projects=given)) == {"kept": "viewer", "new": "maintainer", "shown": "reporter"}
    assert _roles(change(projects=[{"id": str(kept.id), "role": "reporter"}])) == {"kept": "reporter"}
    assert _roles(change(projects=[])) == {}


@pytest.mark.integration
def test_owned_projects_cannot_be_taken_away_like_this(change, make_project, jo):
    make_project(name="mine", owner_id=jo.id, users=[jo])
    assert _roles(change(projects=[])) == {"mine": "owner"}
    assert Membership.query.count() == 1


@pytest.mark.integration
def test_user_can_be_sent_back_as_they_were_read(api, change, make_project, jo):
    make_project(name="shop", users=[jo], role="viewer")
    make_project(name="mine", owner_id=jo.id, users=[jo])
    user = api.get(f"/api/admin/user/{jo.id}").json()
    assert change(**user).json() == user
    assert {role for (role,) in Membership.query.with_entities(Membership.role)} == {"viewer", "maintainer"}


@pytest.mark.integration
def test_null_clears_name_and_group_and_leaves_the_rest(change, make_group):
    change(group_id=str(make_group().id))
    answer = change(
        name=None, group_id=None, email=None, password=None, is_active=None, is_superadmin=None
    ).json()
    assert (answer["name"], answer["group_id"]) == (None, None)
    assert (answer["email"], answer["is_active"], answer["is_superadmin"]) == ("jo@example.com", True, False)


@pytest.mark.integration
@pytest.mark.parametrize("body", [{"is_active": False}, {"password": NEW_PASSWORD}], ids=str)
def test_deactivation_and_a_new_password_end_all_access(change, access, db_session, jo, body):
    account_codes.issue(jo, "reset")
    db_session.commit()
    assert access() == (2, 1)
    assert change(**body).status_code == 200
    db_session.expire_all()
    assert access() == (0, 0)
    assert db_session.scalars(select(account_codes.AccountCode)).all() == []


@pytest.mark.integration
def test_other_changes_leave_access_alone(change, access):
    assert change(name="Joanna", is_active=True, is_superadmin=True).status_code == 200
    assert access() == (2, 1)


@pytest.mark.integration
def test_links_mailed_to_an_old_address_are_worthless(change, db_session, jo):
    account_codes.issue(jo, "reset")
    db_session.commit()
    change(email="joanna@example.com")
    assert db_session.scalars(select(account_codes.AccountCode)).all() == []


@pytest.mark.integration
def test_new_password_replaces_the_old_one(api, change):
    change(password=NEW_PASSWORD)
    status = {
        password: api.post("/api/login", json={"email": "jo@example.com", "password": password}).status_code
        for password in (PASSWORD, NEW_PASSWORD)
    }
    assert status == {PASSWORD: 401, NEW_PASSWORD: 200}


@pytest.mark.integration
def test_administrators_activate_who_registered(api, make_user):
    user = make_user(is_active=False, is_pending=True)
    url = f"/api/admin/user/{user.id}"
    assert api.get(url).json()["is_pending"]
    answer = api.put(url, json={"is_active": True}).json()
    assert (answer["is_active"], answer["is_pending"]) == (True, False)


@pytest.mark.integration
def test_what_a_deleted_user_owned_goes_to_who_deleted_them(
    api, boss, jo, access, make_project, make_dashboard, db_session
):
    project = make_project(owner_id=jo.id, users=[jo])
    dashboard, url = make_dashboard(user_id=jo.id), f"/api/admin/user/{jo.id}"
    assert api.delete(url).json() == "OK"
    db_session.expire_all()
    assert access() == (0, 0)
    assert db_session.get_one(Project, project.id).owner_id == boss.id
    assert db_session.get_one(Dashboard, dashboard.id).user_id == boss.id
    assert [one.user_id for one in Membership.query.all()] == [boss.id]
    assert_problem(api.get(url), 404, "User not found")


@pytest.mark.validation
@pytest.mark.parametrize("notation", [str, lambda id_: str(id_).upper(), lambda id_: id_.hex], ids=range(3))
def test_nobody_can_delete_themselves(api, boss, make_user, notation):
    make_user(is_superadmin=True)
    assert_problem(api.delete(f"/api/admin/user/{notation(boss.id)}"), 400, "Cannot delete yourself")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"is_active": False}, "Cannot deactivate the last superadmin user"),
        ({"is_superadmin": False}, "Cannot demote the last superadmin user"),
    ],
)
def test_last_superadmin_stays(api, boss, make_user, body, text):
    make_user(is_superadmin=True, is_active=False)
    assert_problem(api.put(f"/api/admin/user/{boss.id}", json=body), 400, text, field=next(iter(body)))
    make_user(is_superadmin=True)
    assert api.put(f"/api/admin/user/{boss.id}", json=body).status_code == 200


@pytest.mark.validation
def test_last_superadmin_cannot_be_deleted_by_who_is_none_any_more(db_session, boss, jo):
    """Two superadmins may delete each other at the same moment."""
    from ibutsu_server.domain import users
    from ibutsu_server.errors import Invalid

    with pytest.raises(Invalid, match="Cannot delete the last superadmin user"):
        users.remove(boss, heir=jo)


@pytest.mark.validation
@pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("x", 400)])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_user_is_told(api, method, id_, status):
    body = {"json": {"name": "x"}} if method == "PUT" else {}
    assert_problem(api.request(method, f"/api/admin/user/{id_}", **body), status)
