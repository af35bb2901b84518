"""The testing guide's examples of "Using Markers" and "Core Application Fixtures", as it shows them."""

import pytest


@pytest.mark.integration
def test_create_project(flask_app, make_project):
    """Integration test with real database"""
    project = make_project(name="test-project")
    assert project.id is not None


@pytest.mark.validation
@pytest.mark.parametrize(
    "project_id,expected_status",  # noqa: PT006 - as the guide has it
    [
        ("not-a-uuid", 400),
        ("00000000-0000-0000-0000-000000000000", 404),
    ],
)
def test_project_validation(flask_app, project_id, expected_status, auth_headers):
    """Validation test for error cases"""
    client, jwt_token = flask_app
    headers = auth_headers(jwt_token)
    response = client.get(f"/api/project/{project_id}", headers=headers)
    assert response.status_code == expected_status


def test_my_endpoint(flask_app, auth_headers):
    client, jwt_token = flask_app
    response = client.get("/api/projects", headers=auth_headers(jwt_token))
    assert response.status_code == 200


def test_database_query(db_session):
    from ibutsu_server.db import db
    from ibutsu_server.db.models import Project

    project = Project(name="test", title="Test Project")
    db_session.add(project)
    db_session.commit()

    # SQLAlchemy 2.0 pattern
    found = db.session.execute(db.select(Project).filter_by(name="test")).scalar_one_or_none()
    assert found is not None


def test_with_context(flask_app, app_context):
    from ibutsu_server.db import db
    from ibutsu_server.db.models import Project

    # Can now query without explicit context manager
    projects = db.session.execute(db.select(Project)).scalars().all()
    assert projects == []  # not in the guide, which leaves the list unused


def test_authenticated_request(flask_app, auth_headers):
    client, jwt_token = flask_app
    headers = auth_headers(jwt_token)
    response = client.get("/api/project", headers=headers)
    assert response.status_code == 200
