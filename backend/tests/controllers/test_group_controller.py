"""Groups over HTTP: everybody sees them, superadmins make and change them."""

from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_page, assert_problem


@pytest.mark.integration
def test_new_group_is_answered_as_it_was_sent(api):
    sent = {"id": str(uuid4()), "name": "platform", "metadata": {"a": {"b": 1}}}
    response = api.post("/api/group", json=sent)
    assert (response.status_code, response.json()) == (201, sent)
    assert api.get(f"/api/group/{sent['id']}").json() == sent


@pytest.mark.integration
@pytest.mark.parametrize("body", [{}, {"name": None, "metadata": None}])
def test_group_needs_nothing(api, body):
    group = api.post("/api/group", json=body).json()
    assert (group["name"], group["metadata"]) == (None, {})


@pytest.mark.integration
def test_groups_are_listed_by_name_to_everybody(api_of, make_user, make_group):
    groups = [make_group(name=name) for name in ("b", "c", "a")]
    response = api_of(make_user())("GET", "/api/group")
    assert_page(response, "groups", [groups[2].id, groups[0].id, groups[1].id])


@pytest.mark.integration
def test_update_merges_metadata_and_keeps_the_rest(api, make_group):
    group = make_group(name="old", metadata={"a": {"b": 1}})
    answer = api.put(f"/api/group/{group.id}", json={"metadata": {"a": {"c": 2}}}).json()
    assert (answer["name"], answer["metadata"]) == ("old", {"a": {"b": 1, "c": 2}})
    assert api.put(f"/api/group/{group.id}", json={"name": "new"}).json()["name"] == "new"


@pytest.mark.integration
def test_taken_id_is_409(api, make_group):
    group = make_group()
    assert_problem(api.post("/api/group", json={"id": str(group.id)}), 409, "already exists", field="id")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [({"id": "x"}, "id"), ({"name": 5}, "name"), ({"metadata": []}, "metadata"), ({"users": []}, "users")],
)
def test_bad_group_is_400_and_names_the_field(api, make_group, body, field):
    assert_problem(api.post("/api/group", json=body), 400, field=field)
    if field != "id":  # which an update ignores
        assert_problem(api.put(f"/api/group/{make_group().id}", json=body), 400, field=field)


@pytest.mark.integration
def test_deleted_group_leaves_its_projects_and_users(api, make_group, make_project, make_user):
    group = make_group()
    project, user = make_project(group_id=group.id), make_user(group_id=group.id)
    assert api.delete(f"/api/group/{group.id}").json() == "OK"
    assert_problem(api.get(f"/api/group/{group.id}"), 404, "Group not found")
    assert api.get(f"/api/project/{project.id}").json()["group_id"] is None
    assert api.get(f"/api/admin/user/{user.id}").json()["group_id"] is None


@pytest.mark.validation
@pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("x", 400)])
def test_unknown_group_cannot_be_deleted(api, id_, status):
    assert_problem(api.delete(f"/api/group/{id_}"), status)


@pytest.mark.validation
def test_only_superadmins_make_change_and_delete_groups(api_of, make_user, make_group):
    send = api_of(make_user())
    assert_problem(send("DELETE", f"/api/group/{make_group().id}"), 403)
    assert_problem(send("POST", "/api/group", json={"name": "mine"}), 403)
    assert_problem(send("PUT", f"/api/group/{make_group().id}", json={"name": "mine"}), 403)
