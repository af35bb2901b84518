"""The testing guide's examples of "Test Patterns": parametrization and arrange, act, assert."""

import pytest


# The guide's `/api/resource` stands for every noun that has an id.
@pytest.mark.parametrize("resource", ["run", "result", "project", "group", "artifact", "user/token"])
@pytest.mark.validation
@pytest.mark.parametrize(
    ("input_id", "expected_status", "description"),
    [
        ("not-a-uuid", 400, "Invalid UUID format triggers validation error"),
        ("00000000-0000-0000-0000-000000000000", 404, "Valid UUID but not found"),
    ],
)
def test_endpoint_validation_errors(
    flask_app, input_id, expected_status, description, auth_headers, resource
):
    """Test validation errors for endpoint - parametrized"""
    client, jwt_token = flask_app
    headers = auth_headers(jwt_token)
    response = client.get(f"/api/{resource}/{input_id}", headers=headers)
    assert response.status_code == expected_status, description


@pytest.mark.integration
@pytest.mark.parametrize(
    ("page", "page_size"),
    [
        (1, 25),
        (2, 10),
        (1, 56),
    ],
)
def test_list_pagination(flask_app, make_project, page, page_size, auth_headers):
    """Test list endpoint with different pagination parameters"""
    client, jwt_token = flask_app

    # Create test data
    for i in range(30):
        make_project(name=f"project-{i}")

    query_string = [("page", page), ("pageSize", page_size)]
    headers = auth_headers(jwt_token)
    response = client.get("/api/project", headers=headers, params=query_string)

    assert response.status_code == 200
    response_data = response.json()
    assert response_data["pagination"]["page"] == page
    assert response_data["pagination"]["pageSize"] == page_size


@pytest.mark.validation
@pytest.mark.parametrize(
    ("data_builder", "needs_hierarchy", "expected_status", "expected_error"),
    [
        (lambda h: {"resultId": str(h["result"].id)}, True, 400, "no file uploaded"),
        (lambda _: {"resultId": "not-a-uuid"}, False, 400, "uuid format"),
    ],
)
def test_upload_validation(
    flask_app,
    artifact_test_hierarchy,
    data_builder,
    needs_hierarchy,
    expected_status,
    expected_error,
    auth_headers,
):
    """Test upload validation with conditional setup"""
    client, jwt_token = flask_app
    hierarchy = artifact_test_hierarchy if needs_hierarchy else {}
    data = data_builder(hierarchy)

    headers = auth_headers(jwt_token)
    response = client.post("/api/artifact/upload", data=data, headers=headers)

    assert response.status_code == expected_status
    assert expected_error in response.text.lower()


def test_create_project(flask_app, make_group, auth_headers):
    """Test project creation"""
    client, jwt_token = flask_app

    # Arrange - Set up test data
    group = make_group(name="test-group")
    project_data = {
        "name": "my-project",
        "title": "My Project",
        "group_id": str(group.id),
    }

    # Act - Execute the operation
    headers = auth_headers(jwt_token)
    response = client.post("/api/project", headers=headers, json=project_data)

    # Assert - Verify the results
    assert response.status_code == 201
    assert response.json()["name"] == "my-project"

    # Additional verification in database
    with client.application.app_context():
        from ibutsu_server.db.models import Project

        project = Project.query.filter_by(name="my-project").first()
        assert project is not None
