"""Saved filters over HTTP."""

from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db import db
from ibutsu_server.db.models import AuditEntry, SavedFilter
from ibutsu_server.domain import projects

pytestmark = pytest.mark.integration


@pytest.fixture
def viewer(make_user):
    return make_user()


@pytest.fixture
def maintainer(make_user):
    return make_user()


@pytest.fixture
def shop(make_project, viewer, maintainer):
    shop = make_project(name="shop", users=[maintainer])
    projects.join(shop.id, viewer.id, role="viewer")
    db.session.commit()
    return shop


@pytest.fixture
def add(shop, api_of, viewer):
    """`add(user)` saves a filter in the shop."""

    def _add(user=viewer, **values):
        body = {"project_id": str(shop.id), "name": "Nightly", "entity": "run", "filters": ["env=stage"]}
        return api_of(user)("POST", "/api/saved-filter", json=body | values)

    return _add


def test_filter_is_saved_listed_and_read(add, shop, viewer, api_of):
    made = add(filters=["env=stage", "metadata.tags=nightly"], sort="-duration")
    assert made.status_code == 201
    saved = made.json()
    assert {key: value for key, value in saved.items() if key not in ("id", "created")} == {
        "project_id": str(shop.id),
        "user_id": str(viewer.id),
        "name": "Nightly",
        "entity": "run",
        "filters": ["env=stage", "metadata.tags=nightly"],
        "sort": "-duration",
        "is_shared": False,
    }
    assert api_of(viewer)("GET", f"/api/saved-filter/{saved['id']}").json() == saved
    listed = api_of(viewer)("GET", "/api/saved-filter", params={"project_id": str(shop.id)})
    assert listed.json()["saved_filters"] == [saved]


def test_times_that_move_are_kept_as_they_are(add):
    assert add(filters=["start_time>-7d"]).json()["filters"] == ["start_time>-7d"]


def test_list_has_ones_own_and_shared_ones_by_name(add, viewer, maintainer, api_of, make_project, make_user):
    add(viewer, name="b of mine")
    add(maintainer, name="a of theirs")
    shared = add(maintainer, name="c for all", is_shared=True).json()
    found = api_of(viewer)("GET", "/api/saved-filter").json()["saved_filters"]
    assert [one["name"] for one in found] == ["b of mine", "c for all"]
    outsider = api_of(make_user())
    assert_page(outsider("GET", "/api/saved-filter"), "saved_filters", [])
    assert_problem(outsider("GET", f"/api/saved-filter/{shared['id']}"), 403)


def test_list_of_one_project_has_nothing_of_others(add, viewer, api_of, make_project):
    saved = add().json()
    other = make_project(users=[viewer])
    add(project_id=str(other.id))
    query = {"project_id": saved["project_id"]}
    assert_page(api_of(viewer)("GET", "/api/saved-filter", params=query), "saved_filters", [saved["id"]])
    assert_problem(
        api_of(viewer)("GET", "/api/saved-filter", params={"project_id": "x"}), 400, field="project_id"
    )


def test_private_one_is_nobody_elses_not_even_a_superadmins(add, api, api_of, maintainer):
    id_ = add().json()["id"]
    for send in (api.request, api_of(maintainer)):
        assert_problem(send("GET", f"/api/saved-filter/{id_}"), 403)
        assert_problem(send("PUT", f"/api/saved-filter/{id_}", json={"name": "x"}), 403)
        assert_problem(send("DELETE", f"/api/saved-filter/{id_}"), 403)
        assert_page(send("GET", "/api/saved-filter"), "saved_filters", [])


def test_viewer_changes_and_deletes_their_own(add, viewer, api_of):
    send, id_ = api_of(viewer), add(sort="-duration").json()["id"]
    changed = send(
        "PUT", f"/api/saved-filter/{id_}", json={"name": " Weekly ", "filters": ["env=qa"], "sort": None}
    )
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["filters"]) == ("Weekly", ["env=qa"])
    assert changed.json()["sort"] is None
    assert send("GET", f"/api/saved-filter/{id_}").json() == changed.json()
    assert send("DELETE", f"/api/saved-filter/{id_}").status_code == 200
    assert_problem(send("GET", f"/api/saved-filter/{id_}"), 404, "Saved filter not found")


def test_maintainers_alone_share_and_end_it(add, viewer, maintainer, api_of):
    assert_problem(add(viewer, is_shared=True), 403, "maintainer")
    own = add(viewer).json()["id"]
    share = {"json": {"is_shared": True}}
    assert_problem(api_of(viewer)("PUT", f"/api/saved-filter/{own}", **share), 403, "maintainer")
    shared = add(maintainer, is_shared=True).json()["id"]
    assert_problem(api_of(viewer)("PUT", f"/api/saved-filter/{shared}", json={"name": "x"}), 403)
    assert_problem(api_of(viewer)("DELETE", f"/api/saved-filter/{shared}"), 403)


def test_shared_one_is_changed_by_any_maintainer(add, maintainer, make_user, shop, api_of, viewer):
    other = make_user()
    projects.join(shop.id, other.id, role="maintainer")
    db.session.commit()
    id_ = add(maintainer, is_shared=True).json()["id"]
    assert api_of(other)("PUT", f"/api/saved-filter/{id_}", json={"name": "x"}).json()["name"] == "x"
    ended = api_of(other)("PUT", f"/api/saved-filter/{id_}", json={"is_shared": False})
    assert (ended.status_code, ended.json()["user_id"]) == (200, str(maintainer.id))
    assert_problem(api_of(other)("GET", f"/api/saved-filter/{id_}"), 403)
    assert api_of(maintainer)("DELETE", f"/api/saved-filter/{id_}").status_code == 200


def test_who_ends_sharing_learns_no_names_of_others(add, maintainer, make_user, shop, api_of):
    other = make_user()
    projects.join(shop.id, other.id, role="maintainer")
    db.session.commit()
    for name in ("Nightly", "Nightly (2)"):
        add(maintainer, name=name)
    id_ = add(maintainer, is_shared=True).json()["id"]
    ended = api_of(other)("PUT", f"/api/saved-filter/{id_}", json={"is_shared": False})
    assert (ended.status_code, ended.json()["name"]) == (200, "Nightly (3)")


def test_names_are_unique_for_each_user_and_among_shared_ones(add, viewer, maintainer, api_of):
    assert add(viewer).status_code == 201
    assert_problem(add(viewer, name="NIGHTLY"), 409, "already exist", field="name")
    assert add(viewer, entity="result", filters=["result=failed"]).status_code == 201
    assert add(maintainer).status_code == 201
    assert add(maintainer, is_shared=True).status_code == 201
    assert_problem(add(maintainer, name="nightly ", is_shared=True), 409, "already exist", field="name")
    other = add(viewer, name="Weekly").json()["id"]
    url = f"/api/saved-filter/{other}"
    assert_problem(api_of(viewer)("PUT", url, json={"name": "nightly"}), 409, "already exist", field="name")
    assert api_of(viewer)("PUT", url, json={"name": "WEEKLY"}).status_code == 200


def test_sharing_one_whose_name_is_taken_is_409(add, maintainer, api_of):
    add(maintainer, is_shared=True)
    own = add(maintainer).json()["id"]
    response = api_of(maintainer)("PUT", f"/api/saved-filter/{own}", json={"is_shared": True})
    assert_problem(response, 409, "already exist", field="name")


def test_tables_keep_names_unique_by_themselves(add, viewer, monkeypatch):
    """Two who save at the same time pass the look at what is there."""
    monkeypatch.setattr("ibutsu_server.domain.saved_filters._require_free_name", lambda _saved: None)
    add()
    assert_problem(add(name="nightly"), 409, "already exist")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filters": ["bogus=1"]}, "filters"),
        ({"filters": ["nothing"]}, "filters"),
        ({"filters": ["start_time>soon"]}, "filters"),
        ({"filters": ["env~("]}, "filters"),
        ({"filters": ["env=qa", ""]}, "filters"),
        ({"filters": [f"project_id={MISSING_ID}"]}, "filters"),
        ({"filters": ["test_id=a"]}, "filters"),
        ({"filters": ["env=a"] * 51}, None),
        ({"filters": ["env=" + "a" * 5000]}, None),
        ({"sort": "color"}, "sort"),
        ({"sort": "test_id"}, "sort"),
        ({"entity": "result", "filters": [], "sort": "test_id"}, "sort"),
        ({"name": "   "}, "name"),
        ({"name": ""}, None),
        ({"entity": "artifact"}, None),
        ({"project_id": MISSING_ID}, "project"),
        ({"color": "red"}, None),
    ],
)
def test_what_no_list_understands_is_not_saved(add, body, field):
    response = add(**body)
    assert_problem(response, 400, **({"field": field} if field else {}))
    assert db.session.query(SavedFilter).count() == 0


@pytest.mark.validation
def test_pattern_that_this_database_cannot_read_is_not_saved(add):
    r"""PostgreSQL does not know `\p{…}`, which SQLite's lists do."""
    expected = 400 if db.engine.dialect.name == "postgresql" else 201
    response = add(filters=[r"env~\p{L}"])
    assert response.status_code == expected
    if expected == 400:
        assert_problem(response, 400, field="filters")


@pytest.mark.validation
def test_update_is_judged_as_a_whole(add, viewer, api_of):
    id_ = add(entity="result", filters=[f"run_id={uuid4()}"], sort="test_id").json()["id"]
    url = f"/api/saved-filter/{id_}"
    assert_problem(api_of(viewer)("PUT", url, json={"filters": []}), 400, "run_id=", field="sort")
    assert_problem(api_of(viewer)("PUT", url, json={"filters": ["passes>1"]}), 400, field="filters")
    assert api_of(viewer)("PUT", url, json={"filters": [], "sort": "start_time"}).status_code == 200


def test_tokens_for_looking_save_nothing(shop, maintainer, flask_app, add):
    client, _token = flask_app
    id_ = add(maintainer).json()["id"]
    headers = {"Authorization": f"Bearer {db_builders.token(maintainer, role='viewer')}"}
    body = {"project_id": str(shop.id), "name": "x", "entity": "run", "filters": []}
    assert client.get(f"/api/saved-filter/{id_}", headers=headers).status_code == 200
    assert_problem(client.post("/api/saved-filter", headers=headers, json=body), 403)
    assert_problem(client.put(f"/api/saved-filter/{id_}", headers=headers, json={"name": "y"}), 403)
    assert_problem(client.delete(f"/api/saved-filter/{id_}", headers=headers), 403)


def test_token_of_another_project_has_nothing_to_do_with_it(maintainer, flask_app, add, make_project):
    client, _token = flask_app
    id_ = add(maintainer).json()["id"]
    elsewhere = make_project(users=[maintainer])
    headers = {"Authorization": f"Bearer {db_builders.token(maintainer, project_id=elsewhere.id)}"}
    assert_problem(client.get(f"/api/saved-filter/{id_}", headers=headers), 403)
    assert_page(client.get("/api/saved-filter", headers=headers), "saved_filters", [])


def test_who_is_taken_out_of_the_project_loses_sight_of_their_own(add, viewer, shop, api, api_of):
    id_ = add().json()["id"]
    assert api.request("DELETE", f"/api/project/{shop.id}/members/{viewer.id}").status_code == 200
    assert_problem(api_of(viewer)("GET", f"/api/saved-filter/{id_}"), 403)
    assert_problem(api_of(viewer)("DELETE", f"/api/saved-filter/{id_}"), 403)


def test_deleted_user_leaves_what_is_shared_and_takes_what_is_not(add, maintainer, api):
    add(maintainer)
    shared = add(maintainer, is_shared=True).json()["id"]
    assert api.request("DELETE", f"/api/admin/user/{maintainer.id}").status_code == 200
    left = api.request("GET", f"/api/saved-filter/{shared}").json()
    assert (left["user_id"], left["is_shared"]) == (None, True)
    assert db.session.query(SavedFilter).count() == 1
    ended = api.request("PUT", f"/api/saved-filter/{shared}", json={"is_shared": False})
    assert_problem(ended, 400, field="is_shared")
    assert (
        api.request("PUT", f"/api/saved-filter/{shared}", json={"name": "x", "is_shared": True}).status_code
        == 200
    )


def test_deleted_project_takes_all_along(add, maintainer, shop, api):
    add(maintainer, is_shared=True)
    add()
    assert api.request("DELETE", f"/api/admin/project/{shop.id}").status_code == 200
    assert db.session.query(SavedFilter).count() == 0


def _entries():
    told = db.session.query(AuditEntry).filter_by(entity="saved_filter").order_by(AuditEntry.id)
    return [(entry.action, entry.project_id) for entry in told]


def test_owners_read_in_the_audit_log_of_shared_ones_only(add, maintainer, shop, api_of):
    id_ = add(maintainer).json()["id"]
    for body in ({"name": "x"}, {"is_shared": True}, {"is_shared": False}):
        assert api_of(maintainer)("PUT", f"/api/saved-filter/{id_}", json=body).status_code == 200
    assert api_of(maintainer)("DELETE", f"/api/saved-filter/{id_}").status_code == 200
    assert _entries() == [
        ("create", None),
        ("update", None),
        ("update", shop.id),
        ("update", shop.id),
        ("delete", None),
    ]


def test_repeated_request_saves_one(add, shop, viewer, headers_of, flask_app):
    body = {"project_id": str(shop.id), "name": "x", "entity": "run", "filters": []}
    headers = headers_of(viewer) | {"Idempotency-Key": "once"}
    first, again = (flask_app[0].post("/api/saved-filter", headers=headers, json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
