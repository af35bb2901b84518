"""The specification keeps its promises: it is valid, complete and says the same about the same things."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator
from openapi_spec_validator import OpenAPIV30SpecValidator

from ibutsu_server import openapi
from ibutsu_server.controllers import cookies

pytestmark = pytest.mark.unit

WHOLE = openapi.document()
METHODS = {"get", "put", "post", "delete"}
PUBLIC = {
    "get_health",
    "get_health_ready",
    "login",
    "refresh",
    "logout",
    "support",
    "register",
    "activate",
    "recover",
    "reset_password",
    "config",
    "authorize",
    "auth",
}
REFUSED_SIGN_INS = {"login", "register", "refresh"}
WITHOUT_DATABASE = {"get_health", "get_health_ready", "support", "config", "authorize"}
"""Or asking it with a time limit of their own, which is no error."""

ALIASES = {"get_projects": "get_project_list", "upload_artifact_form": "upload_artifact"}
SCHEMAS = WHOLE["components"]["schemas"]
RUN_ID = "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d"
PLUGIN_RUN = {
    "id": RUN_ID,
    "source": "local",
    "start_time": "2026-11-20T08:41:00.123456+00:00",
    "duration": 1.5,
    "summary": {"failures": 0, "errors": 0, "xfailures": 0, "tests": 1, "collected": 1, "not_run": 0},
    "metadata": {"project": "my-project", "jenkins": {"build_number": "10"}},
    "component": None,
    "env": None,
}
PLUGIN_RESULT = {
    "id": RUN_ID,
    "test_id": "test_add[2-red]",
    "start_time": "2026-11-20T08:41:00.123456+00:00",
    "duration": 0.1,
    "result": "passed",
    "run_id": RUN_ID,
    "metadata": {"run": RUN_ID, "project": "my-project", "user_properties": {}},
    "params": {"count": 2},
    "source": "local",
    "component": None,
    "env": None,
}
USER = {"id": RUN_ID, "email": "jo@example.com", "name": None, "is_active": True}


def operations() -> Iterator[dict[str, Any]]:
    for item in WHOLE["paths"].values():
        for method in sorted(METHODS & item.keys()):  # in the same order in every worker of pytest-xdist
            yield item[method]


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if key != "example":
            yield from nodes(child, f"{path}/{key}")


def target(ref: str) -> Any:
    found: Any = WHOLE
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return found


def answers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        status: target(answer["$ref"]) if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


def faults(schema: str, body: Any) -> list[str]:
    rule = {"$ref": f"#/components/schemas/{schema}", "components": WHOLE["components"]}
    return [fault.message for fault in OAS30ReadValidator(rule).iter_errors(body)]


every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(one, id=one["operationId"]) for one in operations()]
)


def test_is_valid_openapi():
    assert WHOLE["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(openapi.document()).validate()


def test_is_plain_json():
    assert json.loads(json.dumps(WHOLE)) == WHOLE


def test_every_reference_leads_somewhere_inside():
    references = [node["$ref"] for _, node in nodes(WHOLE) if "$ref" in node]
    assert references
    for reference in references:
        assert reference.startswith("#/components/")
        assert target(reference)


def test_every_shared_component_is_used():
    used = {node["$ref"] for _, node in nodes(WHOLE) if "$ref" in node}
    kinds = {kind: named for kind, named in WHOLE["components"].items() if kind != "securitySchemes"}
    assert {f"#/components/{kind}/{name}" for kind, named in kinds.items() for name in named} <= used


def test_operation_ids_are_unique():
    counts = Counter(operation["operationId"] for operation in operations())
    assert [name for name, count in counts.items() if count > 1] == []


def test_aliases_say_what_they_are():
    marked = {one["operationId"]: one["x-alias-of"] for one in operations() if "x-alias-of" in one}
    assert marked == ALIASES


@every_operation
def test_operation_has_a_name_a_place_and_a_summary(operation):
    assert operation["operationId"].isidentifier()
    assert operation["x-openapi-router-controller"].startswith("ibutsu_server.controllers.")
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in {tag["name"] for tag in WHOLE["tags"]}


@every_operation
def test_only_health_and_signing_in_need_no_token(operation):
    public = operation["operationId"] in PUBLIC
    assert operation.get("security", WHOLE["security"]) == ([] if public else [{"jwt": []}, {"cookie": []}])
    assert ("401" in operation["responses"]) == (not public or operation["operationId"] in REFUSED_SIGN_INS)


def test_cookie_of_a_browser_is_the_one_that_is_set(settings):
    scheme = WHOLE["components"]["securitySchemes"]["cookie"]
    assert (scheme["type"], scheme["in"]) == ("apiKey", "cookie")
    assert scheme["name"] == cookies.configuration(settings)["JWT_ACCESS_COOKIE_NAME"]


@every_operation
def test_what_another_page_may_have_sent_is_403(operation):
    is_by_cookie = operation.get("security", WHOLE["security"]) != []
    if is_by_cookie and not any(operation is item.get("get") for item in WHOLE["paths"].values()):
        assert "403" in operation["responses"]


def test_operations_that_are_worth_trying_often_are_limited():
    limited = {one["operationId"] for one in operations() if "429" in one["responses"]}
    assert limited == {"login", "refresh", "register", "activate", "recover", "reset_password", "auth"}


@every_operation
def test_refusals_are_problems(operation):
    refusals = {status: one for status, one in answers(operation).items() if status[0] == "4"}
    for status, answer in refusals.items():
        assert set(answer["content"]) == {"application/problem+json"}, status


@every_operation
def test_what_can_go_wrong_is_documented(operation):
    documented = operation["responses"].keys()
    assert "500" in documented
    if operation["operationId"] not in WITHOUT_DATABASE:
        assert {"503", "504"} <= documented
    if "requestBody" in operation:
        assert {"400", "413", "415"} <= documented
    if operation.get("parameters"):
        assert "400" in documented


def test_paths_with_an_id_answer_400_and_404():
    for path, item in WHOLE["paths"].items():
        for method in METHODS & item.keys() if "{" in path else ():
            assert {"400", "404"} <= item[method]["responses"].keys(), path


def test_objects_say_whether_more_keys_may_come():
    silent = [
        path
        for path, node in nodes(WHOLE)
        if node.get("type") == "object" and "additionalProperties" not in node
    ]
    assert silent == []


def test_nullable_stands_beside_a_type_and_an_enum_that_lists_null():
    for path, node in nodes(WHOLE):
        if "nullable" in node and isinstance(node["nullable"], bool):
            assert "type" in node, path
            assert None in node.get("enum", [None]), path


def test_required_keys_are_described():
    for path, node in nodes(WHOLE["components"]["schemas"]):
        if isinstance(node.get("required"), list):
            assert set(node["required"]) <= node["properties"].keys(), path


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "example" in schema])
def test_example_of_a_schema_matches_it(name):
    assert faults(name, SCHEMAS[name]["example"]) == []


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("NewRun", PLUGIN_RUN),
        ("RunUpdate", PLUGIN_RUN),
        ("RunUpdate", SCHEMAS["Run"]["example"]),
        ("NewRun", {}),
        ("NewRun", {"metadata": None}),
        ("NewRun", {"data": {"project": "my-project"}}),
        ("NewRun", {"duration": -1.5, "metadata": {}}),
        ("NewResult", PLUGIN_RESULT),
        ("NewResult", {"project_id": RUN_ID}),
        ("ResultUpdate", SCHEMAS["Result"]["example"]),
        ("ResultUpdate", {"result": None}),
        ("ProjectUpdate", SCHEMAS["Project"]["example"]),
        ("ProjectUpdate", {"users": ["jo@example.com", USER], "owner": USER, "owner_id": None}),
        ("GroupUpdate", SCHEMAS["Group"]["example"]),
        ("NewDashboard", {}),
        ("DashboardUpdate", SCHEMAS["Dashboard"]["example"]),
        ("NewWidgetConfig", {"widget": "run-aggregator", "navigable": "yes", "project": "shop"}),
        ("NewWidgetConfig", {"widget": "run-aggregator", "navigable": None}),
        ("WidgetConfigUpdate", SCHEMAS["WidgetConfig"]["example"]),
        ("UserUpdate", SCHEMAS["User"]["example"]),
        ("CreateToken", {"name": "nightly", "expires": None}),
        ("Credentials", {"email": "jo@example.com", "password": ""}),
        ("Credentials", {"email": "jo@example.com", "password": "x", "cookies": True}),
        ("CreateToken", {"name": "nightly", "expires": None, "project": "shop", "role": "reporter"}),
        ("Renewal", {}),
        ("BulkUpdate", {}),
        ("BulkUpdate", {"env": "qa"}),
    ],
)
def test_takes_what_clients_send(schema, body):
    assert faults(schema, body) == []


@pytest.mark.parametrize(
    ("schema", "body", "text"),
    [
        ("NewRun", {"metadata": {}, "results": []}, "results"),
        ("NewRun", {"metadata": []}, "object"),
        ("NewRun", {"summary": {"tests": -1}}, "-1"),
        ("NewRun", {"summary": {"tests": 2**31}}, "2147483648"),
        ("NewRun", {"summary": {"tests": "1"}}, "integer"),
        ("NewRun", {"duration": "1"}, "number"),
        ("NewRun", {"id": "not-a-uuid"}, "uuid"),
        ("RunUpdate", {"results": []}, "results"),
        ("NewResult", {"result": "great"}, "great"),
        ("NewResult", {"test_id": "t" * 2049}, "too long"),
        ("NewProject", {"title": "without a name"}, "name"),
        ("NewProject", {"name": ""}, "non-empty"),
        ("ProjectUpdate", {"runs": []}, "runs"),
        ("NewDashboard", {"widgets": []}, "widgets"),
        ("NewWidgetConfig", {"params": {}}, "widget"),
        ("NewWidgetConfig", {"widget": "x", "params": []}, "object"),
        ("WidgetConfigUpdate", {"weight": "5"}, "integer"),
        ("UserUpdate", {"password_hash": "x"}, "password_hash"),
        ("CreateToken", {"name": "nightly"}, "expires"),
        ("CreateToken", {"name": "nightly", "expires": None, "role": "admin"}, "admin"),
        ("CreateToken", {"name": "nightly", "expires": None, "project_id": RUN_ID}, "project_id"),
        ("Credentials", {"email": "jo@example.com"}, "password"),
    ],
)
def test_refuses_what_cannot_be_stored(schema, body, text):
    rule = {"$ref": f"#/components/schemas/{schema}", "components": WHOLE["components"]}
    checked = OAS30ReadValidator(rule, format_checker=OAS30ReadValidator.FORMAT_CHECKER)
    assert text in " ".join(fault.message for fault in checked.iter_errors(body))


def test_answers_never_show_more_than_they_say():
    entities = [
        *("Run", "Result", "Artifact", "Project", "Group", "User", "Token", "LoginToken", "Session"),
        *("Dashboard", "DashboardList", "WidgetConfig", "WidgetConfigList"),
        *("WidgetType", "JenkinsAnalysisView"),
    ]
    assert [name for name in entities if SCHEMAS[name]["additionalProperties"] is not False] == []


def test_callers_get_their_own_copy():
    openapi.document()["paths"].clear()
    assert openapi.document() == WHOLE


def test_a_path_in_two_files_is_refused(monkeypatch):
    monkeypatch.setattr(openapi, "NOUNS", ("run", "run"))
    with pytest.raises(ValueError, match="has /run twice"):
        openapi._merged.__wrapped__()


def test_a_key_twice_in_one_mapping_is_refused():
    with pytest.raises(ValueError, match="has get twice"):
        yaml.load("{/run: {get: 1, get: 2}}", openapi._UniqueKeyLoader)
