"""Who may do what: every operation by every kind of caller, and nothing across projects."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fixtures.constants import PASSWORD
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from helpers.factories import result_body, run_body

from ibutsu_server import openapi
from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Group, Membership, Project, Result, Run, Task, Token, User
from ibutsu_server.domain import account_codes, projects, sessions

# The two tokens are limited: the owner's to looking, the superadmin's to another project.
# The token, the session and the task that are asked for are the maintainer's own.
# The member who is taken out is the viewer, the user whom superadmins see and change is the outsider.
# All callers here hold API tokens, which do not sign out.
TABLE = """
operation              anonymous outsider viewer reporter maintainer owner superadmin read_token other_token
get_run_list                 401      200    200      200        200   200        200        200         200
add_run                      401      403    403      201        201   201        201        403         403
get_run                      401      403    200      200        200   200        200        200         403
update_run                   401      403    403      403        200   200        200        403         403
delete_run                   401      403    403      403        200   200        200        403         403
bulk_update                  401      404    404      404        200   200        200        404         404
get_run_failures             401      403    200      200        200   200        200        200         403
get_run_tests                401      403    200      200        200   200        200        200         403
export_run                   401      403    200      200        200   200        200        200         403
get_run_comparisons          401      403    200      200        200   200        200        200         403
get_result_list              401      200    200      200        200   200        200        200         200
add_result                   401      403    403      201        201   201        201        403         403
add_results                  401      403    403      201        201   201        201        403         403
get_result                   401      403    200      200        200   200        200        200         403
update_result                401      403    403      403        200   200        200        403         403
delete_result                401      403    403      403        200   200        200        403         403
get_result_history           401      403    200      200        200   200        200        200         403
bulk_update_results          401      403    403      403        200   200        200        403         403
get_artifact_list            401      200    200      200        200   200        200        200         200
upload_artifact              401      403    403      201        201   201        201        403         403
upload_artifact_form         401      403    403      201        201   201        201        403         403
get_artifact                 401      403    200      200        200   200        200        200         403
view_artifact                401      403    200      200        200   200        200        200         403
download_artifact            401      403    200      200        200   200        200        200         403
delete_artifact              401      403    403      403        200   200        200        403         403
get_import_list              401      200    200      200        200   200        200        200         200
add_import                   401      403    403      201        201   201        201        403         403
get_import                   401      403    200      200        200   200        200        200         403
cancel_import                401      403    403      403        200   200        200        403         403
retry_import                 401      403    403      403        200   200        200        403         403
delete_import                401      403    403      403        200   200        200        403         403
get_project_list             401      200    200      200        200   200        200        200         200
get_projects                 401      200    200      200        200   200        200        200         200
add_project                  401      201    201      201        201   201        201        403         403
get_project                  401      401    200      200        200   200        200        200         401
update_project               401      403    403      403        403   200        200        403         403
get_member_list              401      403    200      200        200   200        200        200         403
set_member                   401      403    403      403        403   200        200        403         403
remove_member                401      403    200      403        403   200        200        403         403
get_filter_params            401      401    200      200        200   200        200        200         401
get_field_values             401      403    200      200        200   200        200        200         403
get_retention                401      403    200      200        200   200        200        200         403
update_retention             401      403    403      403        403   200        200        403         403
get_retention_preview        401      403    403      403        403   200        200        403         403
get_usage                    401      403    403      403        403   200        200        403         403
admin_get_usage_list         401      403    403      403        403   403        200        403         403
get_group_list               401      200    200      200        200   200        200        200         200
add_group                    401      403    403      403        403   403        201        403         403
get_group                    401      200    200      200        200   200        200        200         200
update_group                 401      403    403      403        403   403        200        403         403
delete_group                 401      403    403      403        403   403        200        403         403
get_current_user             401      200    200      200        200   200        200        200         200
update_current_user          401      200    200      200        200   200        200        403         403
get_token_list               401      200    200      200        200   200        200        403         403
add_token                    401      201    201      201        201   201        201        403         403
get_token                    401      403    403      403        200   403        403        403         403
delete_token                 401      403    403      403        200   403        403        403         403
get_session_list             401      200    200      200        200   200        200        403         403
delete_session               401      403    403      403        200   403        403        403         403
delete_other_sessions        401      200    200      200        200   200        200        403         403
login                        200      200    200      200        200   200        200        200         200
refresh                      200      200    200      200        200   200        200        200         200
logout                       200      403    403      403        403   403        403        403         403
support                      200      200    200      200        200   200        200        200         200
config                       200      200    200      200        200   200        200        200         200
authorize                    404      404    404      404        404   404        404        404         404
auth                         404      404    404      404        404   404        404        404         404
register                     201      201    201      201        201   201        201        201         201
activate                     302      302    302      302        302   302        302        302         302
recover                      201      201    201      201        201   201        201        201         201
reset_password               201      201    201      201        201   201        201        201         201
get_health                   200      200    200      200        200   200        200        200         200
get_health_ready             200      200    200      200        200   200        200        200         200
get_database_health          401      200    200      200        200   200        200        200         200
get_health_info              401      200    200      200        200   200        200        200         200
get_task                     401      403    403      403        206   403        403        403         403
get_dashboard_list           401      200    200      200        200   200        200        200         200
add_dashboard                401      403    403      403        201   201        201        403         403
get_dashboard                401      403    200      200        200   200        200        200         403
update_dashboard             401      403    403      403        200   200        200        403         403
delete_dashboard             401      403    403      403        200   200        200        403         403
copy_dashboard               401      403    403      403        201   201        201        403         403
export_dashboard             401      403    200      200        200   200        200        200         403
import_dashboard             401      403    403      403        201   201        201        403         403
search_project               401      403    200      200        200   200        200        200         403
get_saved_filter_list        401      200    200      200        200   200        200        200         200
add_saved_filter             401      403    201      201        201   201        201        403         403
get_saved_filter             401      403    200      200        200   200        200        200         403
update_saved_filter          401      403    403      403        200   200        200        403         403
delete_saved_filter          401      403    403      403        200   200        200        403         403
get_widget_config_list       401      200    200      200        200   200        200        200         200
add_widget_config            401      403    403      403        201   201        201        403         403
get_widget_config            401      403    200      200        200   200        200        200         403
update_widget_config         401      403    403      403        200   200        200        403         403
delete_widget_config         401      403    403      403        200   200        200        403         403
get_widget_types             401      200    200      200        200   200        200        200         200
get_widget                   401      403    200      200        200   200        200        200         403
admin_get_user_list          401      403    403      403        403   403        200        403         403
admin_add_user               401      403    403      403        403   403        201        403         403
admin_get_user               401      403    403      403        403   403        200        403         403
admin_update_user            401      403    403      403        403   403        200        403         403
admin_delete_user            401      403    403      403        403   403        200        403         403
admin_get_project_list       401      403    403      403        403   403        200        403         403
admin_add_project            401      403    403      403        403   403        201        403         403
admin_get_project            401      403    403      403        403   403        200        403         403
admin_update_project         401      403    403      403        403   403        200        403         403
admin_delete_project         401      403    403      403        403   403        200        403         403
admin_get_worker_list        401      403    403      403        403   403        200        403         403
get_audit_list               401      200    200      200        200   200        200        200         200
"""

PENDING = 206
"""Clients ask for tasks before they can be seen."""

PUBLIC = {
    "login",
    "refresh",
    "logout",
    "support",
    "register",
    "activate",
    "recover",
    "reset_password",
    "get_health",
    "get_health_ready",
    "config",
    "authorize",
    "auth",
}


def _rows() -> dict[str, dict[str, int]]:
    heading, *lines = (line.split() for line in TABLE.strip().splitlines())
    return {line[0]: dict(zip(heading[1:], map(int, line[1:]), strict=True)) for line in lines}


WORTHLESS = ("deactivated", "revoked", "expired", "garbage")
"""Whose token is worth nothing (any more): they are answered like who has none."""

ROWS = _rows()
CASES = [
    pytest.param(operation, caller, status, id=f"{operation}-{caller}")
    for operation, row in ROWS.items()
    for caller, status in [*row.items(), *((caller, row["anonymous"]) for caller in WORTHLESS)]
]


def _operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation that is served."""
    return {
        operation["operationId"]: (method.upper(), f"/api{path}", operation)
        for path, methods in openapi.document()["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


OPERATIONS = _operations()


@dataclass
class World:
    """A project with everything in it, and the people around it."""

    project: Project
    run: Run
    result: Result
    artifact: Artifact
    import_: Any
    under_way: Any
    failed: Any
    group: Group
    dashboard: Any
    saved_filter: Any
    widget_config: Any
    token: Token
    signed_in: sessions.Access
    task: Task
    reset_code: str
    people: dict[str, User]
    jwts: dict[str, str]


@pytest.fixture
def world(db_session, make_user, make_project, make_run, make_result, make_artifact, make_group):
    people = {name: make_user(email=f"{name}@example.com", password=PASSWORD) for name in _PEOPLE}
    people["superadmin"] = make_user(email="another-superadmin@example.com", is_superadmin=True)
    elsewhere = make_project(name="elsewhere", users=[people["outsider"]])
    project = make_project(
        name="shop", owner_id=people["owner"].id, users=[people["maintainer"], people["deactivated"]]
    )
    for role in ("viewer", "reporter"):
        projects.join(project.id, people[role].id, role=role)
    run = make_run(project_id=project.id)
    result = make_result(run_id=run.id, project_id=project.id)
    task = Task(user_id=people["maintainer"].id, name="results", params={})
    db_session.add(task)
    reset_code = account_codes.issue(people["owner"], "reset")
    db_session.commit()
    return World(
        project=project,
        run=run,
        result=result,
        artifact=make_artifact(result_id=result.id),
        import_=db_builders.import_(project_id=project.id),
        under_way=db_builders.import_(project_id=project.id, status="running"),
        failed=db_builders.import_(project_id=project.id, status="error", storage_key="imports/x"),
        group=make_group(),
        dashboard=db_builders.dashboard(project_id=project.id),
        saved_filter=db_builders.saved_filter(
            project_id=project.id, user_id=people["maintainer"].id, is_shared=True
        ),
        widget_config=db_builders.widget_config(project_id=project.id),
        token=_api_token(people["maintainer"]),
        signed_in=db_builders.session(people["maintainer"]),
        task=task,
        reset_code=reset_code,
        people=people,
        jwts=_jwts(people, elsewhere),
    )


_PEOPLE = ("outsider", "viewer", "reporter", "maintainer", "owner", "deactivated")


def _api_token(user: User) -> Token:
    db_builders.token(user, name="asked for")
    return Token.query.filter_by(name="asked for").one()


def _jwts(people: dict[str, User], elsewhere: Project) -> dict[str, str]:
    jwts = {name: db_builders.token(user) for name, user in people.items()}
    jwts["read_token"] = db_builders.token(people["owner"], role="viewer")
    jwts["other_token"] = db_builders.token(people["superadmin"], project_id=elsewhere.id)
    jwts["revoked"] = db_builders.token(people["maintainer"], name="revoked")
    Token.query.filter_by(name="revoked").delete()
    jwts["expired"] = db_builders.token(people["maintainer"], lifetime=timedelta(seconds=-1))
    people["deactivated"].is_active = False
    db.session.commit()
    return {**jwts, "garbage": "x.y.z"}


def _request(operation: str, world: World) -> dict[str, Any]:
    """A request that is fine for whoever may make it."""
    project, run, result = str(world.project.id), str(world.run.id), str(world.result.id)
    user = str(world.people["outsider"].id)
    of_project = {"params": {"filter": f"project_id={project}"}}
    file = {"files": {"file": ("a.log", b"x")}, "data": {"filename": "a.log", "resultId": result}}
    requests: dict[str, dict[str, Any]] = {
        "get_run_list": of_project,
        "add_run": {"json": run_body("shop")},
        "get_run": {"id": run},
        "update_run": {"id": run, "json": {"metadata": {"a": 1}}},
        "bulk_update": {**of_project, "json": {"metadata": {"a": 1}}},
        "get_run_failures": {"id": run},
        "get_run_tests": {"id": run},
        "export_run": {"id": run},
        "get_run_comparisons": {"params": {"id": [run]}},
        "get_result_list": of_project,
        "add_result": {"json": result_body("shop", run)},
        "add_results": {"json": [result_body("shop", run)]},
        "get_result": {"id": result},
        "delete_run": {"id": run},
        "delete_result": {"id": result},
        "get_result_history": {"id": result},
        "bulk_update_results": {"json": {"ids": [result], "metadata": {"classification": "test_failure"}}},
        "update_result": {"id": result, "json": {"result": "failed"}},
        "get_artifact_list": {"params": {"resultId": result}},
        "upload_artifact": file,
        "upload_artifact_form": file,
        "add_import": {"files": {"importFile": ("a.xml", b"<testsuites/>")}, "data": {"project": "shop"}},
        "get_import": {"id": str(world.import_.id)},
        "cancel_import": {"id": str(world.under_way.id)},
        "retry_import": {"id": str(world.failed.id)},
        "delete_import": {"id": str(world.import_.id)},
        "add_project": {"json": {"name": "new"}},
        "get_project": {"id": project},
        "update_project": {"id": project, "json": {"title": "new"}},
        "get_filter_params": {"id": project},
        "get_field_values": {"id": project, "params": {"field": "component"}},
        "get_retention": {"id": project},
        "update_retention": {"id": project, "json": {"keep_results_days": 90}},
        "get_retention_preview": {"id": project},
        "get_usage": {"id": project},
        "get_member_list": {"id": project},
        "set_member": {"id": project, "json": {"role": "viewer"}},
        "remove_member": {"id": project},
        "add_group": {"json": {"name": "new"}},
        "get_group": {"id": str(world.group.id)},
        "update_group": {"id": str(world.group.id), "json": {"name": "new"}},
        "delete_group": {"id": str(world.group.id)},
        "admin_add_user": {"json": {"email": "new@example.com"}},
        "admin_get_user": {"id": user},
        "admin_update_user": {"id": user, "json": {"name": "New"}},
        "admin_delete_user": {"id": user},
        "admin_add_project": {"json": {"name": "new"}},
        "admin_get_project": {"id": project},
        "admin_update_project": {"id": project, "json": {"title": "new"}},
        "admin_delete_project": {"id": project},
        "update_current_user": {"json": {"name": "New"}},
        "add_token": {"json": {"name": "ci", "expires": None}},
        "get_token": {"id": str(world.token.id)},
        "delete_token": {"id": str(world.token.id)},
        "delete_session": {"id": str(world.signed_in.session.id)},
        "refresh": {"json": {"refresh_token": world.signed_in.refresh}},
        "login": {"json": {"email": "maintainer@example.com", "password": PASSWORD}},
        "config": {"id": "github"},
        "authorize": {"id": "github"},
        "auth": {"id": "github", "params": {"code": "x", "state": "x"}},
        "register": {"json": {"email": "new@example.com", "password": PASSWORD}},
        "activate": {"id": "A" * 44},
        "recover": {"json": {"email": "owner@example.com"}},
        "reset_password": {"json": {"activation_code": world.reset_code, "password": PASSWORD}},
        "get_task": {"id": str(world.task.id)},
        "add_dashboard": {"json": {"project_id": project}},
        "get_dashboard": {"id": str(world.dashboard.id)},
        "update_dashboard": {"id": str(world.dashboard.id), "json": {"title": "new"}},
        "delete_dashboard": {"id": str(world.dashboard.id)},
        "copy_dashboard": {"id": str(world.dashboard.id), "json": {}},
        "export_dashboard": {"id": str(world.dashboard.id)},
        "import_dashboard": {
            "params": {"project_id": project},
            "json": {
                "format": "ibutsu-dashboard",
                "version": 1,
                "dashboard": {"title": "Nightly"},
                "widgets": [{"widget": "run-aggregator", "params": {"weeks": 4}}],
            },
        },
        "search_project": {"id": project, "params": {"text": "test"}},
        "add_saved_filter": {
            "json": {"project_id": project, "name": "Nightly", "entity": "run", "filters": ["env=stage"]}
        },
        "get_saved_filter": {"id": str(world.saved_filter.id)},
        "update_saved_filter": {"id": str(world.saved_filter.id), "json": {"name": "new"}},
        "delete_saved_filter": {"id": str(world.saved_filter.id)},
        "add_widget_config": {"json": {"widget": "run-aggregator", "project": "shop"}},
        "get_widget_config": {"id": str(world.widget_config.id)},
        "update_widget_config": {"id": str(world.widget_config.id), "json": {"title": "new"}},
        "delete_widget_config": {"id": str(world.widget_config.id)},
        "get_widget": {"id": "importance-component", "params": {"project": "shop"}},
    }
    request = requests.get(operation, {"id": str(world.artifact.id)} if "artifact" in operation else {})
    return dict(request)


def _send(client, operation, world, caller, **changed):
    method, path, _ = OPERATIONS[operation]
    request = _request(operation, world) | changed
    jwt = world.jwts.get(caller)
    headers = {"Authorization": f"Bearer {jwt}"} if jwt else {}
    id_ = request.pop("id", "")
    names = {"activation_code": id_, "provider": id_, "user_id": world.people["viewer"].id}
    return client.request(method, path.format(id=id_, **names), headers=headers, **request)


@pytest.mark.integration
@pytest.mark.parametrize(("operation", "caller", "status"), CASES)
def test_operation_answers_caller(flask_app, world, operation, caller, status):
    response = _send(flask_app[0], operation, world, caller)
    assert response.status_code == status, response.text
    assert world.people["owner"].password_hash not in response.text
    assert world.token.digest.hex() not in response.text
    if status >= 400:
        assert_problem(response, status)
        assert str(world.run.id) not in response.text


@pytest.mark.integration
@pytest.mark.parametrize("caller", ["outsider", "superadmin"])
@pytest.mark.parametrize("operation", [name for name, (_, path, _) in OPERATIONS.items() if "{id}" in path])
def test_guessed_id_is_not_found(flask_app, world, operation, caller):
    """Whoever is kept out by their rights alone is told that, as with an id that exists."""
    response = _send(flask_app[0], operation, world, caller, id=str(uuid4()))
    is_kept_out = caller == "outsider" and ROWS[operation]["owner"] == 403 == ROWS[operation]["maintainer"]
    expected = PENDING if operation == "get_task" else 403 if is_kept_out else 404
    assert response.status_code == expected, response.text


@pytest.mark.unit
def test_every_operation_has_a_row():
    assert set(ROWS) == set(OPERATIONS)


@pytest.mark.unit
def test_only_public_operations_are_marked_public():
    assert {
        name for name, (_, _, operation) in OPERATIONS.items() if operation.get("security") == []
    } == PUBLIC
    assert {name for name, row in ROWS.items() if row["anonymous"] != 401} == PUBLIC
    assert openapi.document()["security"]


@pytest.mark.integration
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "bearer", "Token x"])
def test_header_that_is_no_bearer_token_is_401(flask_app, header):
    response = flask_app[0].get("/api/user", headers={"Authorization": header} if header else {})
    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture
def outsider(world, flask_app):
    """Requests of somebody who is a member of another project only."""
    client, headers = flask_app[0], {"Authorization": f"Bearer {world.jwts['outsider']}"}
    return lambda method, url, **request: client.request(method, url, headers=headers, **request)


@pytest.fixture
def own(world, make_run, make_result, make_artifact):
    """What the outsider has in their own project."""
    membership = Membership.query.filter_by(user_id=world.people["outsider"].id).one()
    run = make_run(project_id=membership.project_id)
    result = make_result(run_id=run.id, project_id=membership.project_id)
    return {"project": membership.project_id, "run": run.id, "result": result.id}


@pytest.mark.integration
def test_lists_show_nothing_of_other_projects(outsider, own, world):
    theirs = f"project_id={world.project.id}"
    assert_page(outsider("GET", "/api/run"), "runs", [own["run"]])
    assert_page(outsider("GET", "/api/result"), "results", [own["result"]])
    assert_page(outsider("GET", "/api/artifact"), "artifacts", [])
    assert_page(outsider("GET", "/api/project"), "projects", [own["project"]])
    for filter_ in (theirs, f"id={world.run.id}", "metadata.project=shop", "project_id@y,source=test"):
        found = outsider("GET", "/api/run", params={"filter": filter_}).json()["runs"]
        assert str(world.run.id) not in [run["id"] for run in found]
    for filter_ in (
        theirs,
        f"run_id={world.run.id}",
        f"id={world.result.id}",
        f"id*{world.result.id};{own['result']}",
    ):
        found = outsider("GET", "/api/result", params={"filter": filter_}).json()["results"]
        assert str(world.result.id) not in [result["id"] for result in found]
    for name, id_ in (("resultId", world.result.id), ("runId", world.run.id), ("run_id", world.run.id)):
        assert outsider("GET", "/api/artifact", params={name: str(id_)}).json()["artifacts"] == []
    for name, id_ in (("ownerId", world.people["owner"].id), ("filter", f"id={world.project.id}")):
        value = id_ if name == "filter" else str(id_)
        assert outsider("GET", "/api/project", params={name: value}).json()["projects"] == []


@pytest.mark.integration
def test_nothing_can_be_put_into_another_project(outsider, own, world):
    shop, run = str(world.project.id), str(world.run.id)
    for body in (result_body("shop"), result_body(shop), {"project_id": shop}, result_body("shop", run)):
        assert_problem(outsider("POST", "/api/result", json=body), 403)
    for body in (run_body("shop"), run_body(shop), {"project_id": shop, "metadata": {"a": 1}}):
        assert_problem(outsider("POST", "/api/run", json=body), 403)
    for body in (result_body("elsewhere", run), result_body("elsewhere", run_id=run)):
        assert_problem(outsider("POST", "/api/result", json=body), 400, "no run", field="run_id")
    for parent in ({"runId": run}, {"run_id": run}, {"resultId": str(world.result.id)}):
        form = {"files": {"file": ("a.log", b"x")}, "data": {"filename": "a.log", **parent}}
        assert_problem(outsider("POST", "/api/artifact", **form), 403)


@pytest.mark.integration
def test_nothing_can_be_moved_into_another_project(outsider, own, world):
    shop, run = str(world.project.id), str(world.run.id)
    for noun in ("run", "result"):
        for body in (
            {"project_id": shop},
            {"metadata": {"project": shop}},
            {"metadata": {"project": "SHOP"}},
        ):
            assert_problem(outsider("PUT", f"/api/{noun}/{own[noun]}", json=body), 403)
        assert outsider("GET", f"/api/{noun}/{own[noun]}").json()["project_id"] == str(own["project"])
    for body in ({"run_id": run}, {"metadata": {"run": run}}):
        assert_problem(outsider("PUT", f"/api/result/{own['result']}", json=body), 400, field="run_id")
    body = {"metadata": {"project": "shop", "a": 1}}
    assert_problem(outsider("POST", "/api/runs/bulk-update", json=body), 403)
    query = {"filter": f"id={run}"}
    assert_problem(outsider("POST", "/api/runs/bulk-update", params=query, json={"metadata": {"a": 1}}), 404)


@pytest.mark.integration
def test_taken_ids_of_another_project_are_not_told_from_ones_own(outsider, own, world):
    for noun, body in (("run", run_body), ("result", result_body)):
        taken = str(getattr(world, noun).id)
        response = outsider("POST", f"/api/{noun}", json=body("elsewhere", id=taken))
        assert_problem(response, 409, "already exist", field="id")
        assert str(world.project.id) not in response.text


@pytest.mark.integration
def test_member_who_was_removed_sees_nothing_any_more(flask_app, world, db_session):
    Membership.query.filter_by(user_id=world.people["maintainer"].id).delete()
    db_session.commit()
    assert _send(flask_app[0], "get_run", world, "maintainer").status_code == 403
    assert _send(flask_app[0], "get_project", world, "maintainer").status_code == 401


@pytest.mark.integration
def test_token_of_a_user_who_is_gone_is_401(flask_app, world, db_session):
    db_session.delete(world.people["outsider"])
    db_session.commit()
    assert_problem(_send(flask_app[0], "get_current_user", world, "outsider"), 401, "no longer active")


@pytest.mark.integration
def test_signed_token_that_was_never_handed_out_is_401(flask_app, world, app_context):
    from flask_jwt_extended import create_access_token

    world.jwts["maintainer"] = create_access_token(str(world.people["maintainer"].id))
    assert_problem(_send(flask_app[0], "get_current_user", world, "maintainer"), 401)


@pytest.mark.integration
def test_bad_token_is_401_before_the_body_is_looked_at(flask_app):
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    assert_problem(flask_app[0].post("/api/run", headers=headers, content=b"{"), 401)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("method", "path", "request_"),
    [
        ("POST", "/run", {"json": {}}),
        ("POST", "/runs/bulk-update?pageSize=99", {"json": {"metadata": {"a": 1}}}),
        ("POST", "/artifact", {"files": {"other": b"x"}}),
        ("GET", "/widget/importance-component?bogus=1", {}),
    ],
)
def test_who_is_calling_is_asked_before_what_they_say_is_judged(flask_app, make_user, method, path, request_):
    client, _token = flask_app
    user = make_user()
    jwt = db_builders.token(user)
    Token.query.filter_by(user_id=user.id).delete()
    db.session.commit()
    headers = {"Authorization": f"Bearer {jwt}"}
    assert client.request(method, f"/api{path}", headers=headers, **request_).status_code == 401


@pytest.mark.validation
@pytest.mark.parametrize("path", ["run/a%0Ab", "result/%0A", "artifact/a%0Ab/download", "project/%0Ax"])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_path_that_only_flask_would_route_is_not_found(flask_app, auth_headers, path, is_signed_in):
    client, token = flask_app
    headers = auth_headers(token) if is_signed_in else {}
    assert_problem(client.get(f"/api/{path}", headers=headers), 404)


LISTS = [
    "run",
    "result",
    "project",
    "dashboard",
    "widget_config",
    "artifact",
    "import",
    "audit",
    "saved_filter",
]


@pytest.mark.integration
@pytest.mark.parametrize("noun", LISTS)
def test_permission_adds_no_query_to_a_list(flask_app, world, count_statements, noun):
    """What somebody may see is a condition of the list itself, whoever asks."""
    _request(f"get_{noun}_list", world)  # the ids are loaded, so that only requests are counted
    counted = {}
    for caller in ("viewer", "maintainer", "owner", "superadmin", "read_token"):
        with count_statements() as statements:
            _send(flask_app[0], f"get_{noun}_list", world, caller)
        counted[caller] = len(statements)
    assert set(counted.values()) == {counted["superadmin"]}, counted
