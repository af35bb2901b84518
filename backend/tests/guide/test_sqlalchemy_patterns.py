"""The testing guide's examples of SQLAlchemy 2.0 patterns and troubleshooting; names tell the section."""

import pytest

from ibutsu_server.db.models import Project, Result, User


@pytest.mark.filterwarnings("ignore:.*Query.get:sqlalchemy.exc.LegacyAPIWarning")
def test_querying_records_legacy_pattern(make_user, make_project):
    user_id = make_user().id
    made = make_project(name="test")

    # Don't use Model.query.get() - deprecated in SQLAlchemy 2.0
    user = User.query.get(user_id)
    project = Project.query.filter_by(name="test").first()

    assert (user.id, project.id) == (user_id, made.id)


def test_querying_records_2_0_pattern(make_user, make_project, make_result):
    user_id, made, reported = make_user().id, make_project(name="test"), make_result()

    from ibutsu_server.db import db

    # Get by primary key
    user = db.session.get(User, user_id)

    # Query with filter
    project = db.session.execute(db.select(Project).filter_by(name="test")).scalar_one_or_none()

    # Get all records
    results = db.session.execute(db.select(Result)).scalars().all()

    assert (user.id, project.id, [result.id for result in results]) == (user_id, made.id, [reported.id])


def test_counting_records_2_0_pattern(make_project):
    from ibutsu_server.db import db

    make_project()
    make_project()

    # Use .subquery() to convert query to subquery
    query = db.select(Project)
    total = db.session.execute(db.select(db.func.count()).select_from(query.subquery())).scalar()

    assert total == 2


def test_something(flask_app):
    client, _ = flask_app
    with client.application.app_context():
        # Database operations here
        assert Project.query.count() == 0  # for the guide's "..."


def test_troubleshooting_foreign_key_constraint_failed(make_project, make_run, make_result):
    # Good
    project = make_project()
    run = make_run(project_id=project.id)
    result = make_result(run_id=run.id, project_id=project.id)

    assert (result.run_id, result.project_id) == (run.id, project.id)


@pytest.mark.parametrize("turn", [1, 2])
def test_troubleshooting_data_does_not_leak_between_tests(make_project, turn):
    assert Project.query.count() == 0
    make_project()
