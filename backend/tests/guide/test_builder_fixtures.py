"""The testing guide's examples of builder, composite and widget test fixtures, as it shows them."""


def test_with_project(make_project):
    project = make_project(name="my-project", title="My Project")
    assert project.id is not None
    assert project.name == "my-project"


def test_with_run(make_project, make_run):
    project = make_project()
    run = make_run(project_id=project.id, metadata={"build_number": 100, "env": "prod"})
    assert run.id is not None


def test_with_result(make_project, make_run, make_result):
    project = make_project()
    run = make_run(project_id=project.id)
    result = make_result(
        run_id=run.id,
        project_id=project.id,
        test_id="test.example",
        result="passed",
        metadata={"component": "frontend"},
    )
    assert result.id is not None


def test_with_user(make_user):
    user = make_user(email="test@example.com", name="Test User", is_superadmin=True)
    assert user.id is not None


def test_with_artifact(make_result, make_artifact):
    result = make_result()
    artifact = make_artifact(result_id=result.id, filename="test.log", content=b"test content")
    assert artifact.id is not None


def test_with_import(make_import):
    import_record = make_import(filename="test.xml", format="junit", status="done")
    assert import_record.id is not None


def test_with_widget(make_project, make_widget_config):
    project = make_project()
    widget = make_widget_config(project_id=project.id, widget="run-aggregator", params={"weeks": 4})
    assert widget.id is not None


def test_with_group(make_group):
    group = make_group(name="test-group")
    assert group.id is not None


def test_with_dashboard(make_project, make_dashboard):
    project = make_project()
    dashboard = make_dashboard(project_id=project.id, title="Test Dashboard")
    assert dashboard.id is not None


def test_delete_artifact(flask_app, artifact_test_hierarchy, auth_headers):
    client, jwt_token = flask_app
    hierarchy = artifact_test_hierarchy
    result = hierarchy["result"]
    # result, run, and project are all available
    assert result.run_id == hierarchy["run"].id  # for the guide's "..."
    assert result.project_id == hierarchy["project"].id


def test_update_result(flask_app, result_test_hierarchy, auth_headers):
    client, jwt_token = flask_app
    hierarchy = result_test_hierarchy
    result = hierarchy["result"]
    # for the guide's "..."
    url, headers = f"/api/result/{result.id}", auth_headers(jwt_token)
    assert client.put(url, headers=headers, json={"result": "failed"}).json()["result"] == "failed"


def test_widget_config(flask_app, widget_test_hierarchy, auth_headers):
    client, jwt_token = flask_app
    hierarchy = widget_test_hierarchy
    widget = hierarchy["widget_config"]
    project = hierarchy["project"]
    assert widget.project_id == project.id  # for the guide's "..."


def test_multiple_runs(make_project, bulk_run_creator):
    project = make_project()
    runs = bulk_run_creator(count=5, project_id=project.id, metadata_pattern=lambda i: {"build": str(i)})
    assert len(runs) == 5


def test_multiple_results(make_run, bulk_result_creator):
    run = make_run()
    results = bulk_result_creator(count=10, run_id=run.id, project_id=run.project_id, component="frontend")
    assert len(results) == 10


def test_jenkins_widget(make_project, jenkins_run_factory):
    project = make_project()
    run = jenkins_run_factory(job_name="my-job", build_number="100", project_id=project.id)
    assert run.metadata["jenkins"]["job_name"] == "my-job"
