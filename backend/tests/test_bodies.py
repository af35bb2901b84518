"""Request bodies: strict JSON, checked against the specification, every fault named."""

import orjson
import pytest

from ibutsu_server import schemas
from ibutsu_server.controllers import bodies
from ibutsu_server.controllers.problems import InvalidBody
from ibutsu_server.errors import Invalid

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "id": {"type": "string", "format": "uuid", "nullable": True},
        "at": {"type": "string", "format": "date-time"},
        "mail": {"type": "string", "format": "email"},
        "outcome": {"type": "string", "enum": ["passed", "failed"], "nullable": True},
        "either": {"nullable": True, "anyOf": [{"type": "string"}, {"type": "integer"}]},
        "inner": {
            "type": "object",
            "additionalProperties": False,
            "required": ["a"],
            "properties": {"a": {"type": "integer"}},
        },
        "many": {"type": "array", "items": {"type": "integer"}},
    },
}
UUID = "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d"


def _nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b'{"a": "b"}', {"a": "b"}),
        (b'\n {"a": 1.5} \n', {"a": 1.5}),
        (b"[]", []),
        (b"0", 0),
        ('{"ä": "✓ 😀"}'.encode(), {"ä": "✓ 😀"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read(content, body):
    assert bodies.parse(content) == body


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "text", "field"),
    [
        (b"", "must not be empty", None),
        (b"  \n", "must not be empty", None),
        (b"null", "must not be empty", None),
        (b"{", "not valid JSON", None),
        (b"{'a': 1}", "not valid JSON", None),
        (b'{"a": 1,}', "not valid JSON", None),
        (b'{"a": NaN}', "not valid JSON", None),
        (b'{"a": -Infinity}', "not valid JSON", None),
        (b'{"a": "\\ud800"}', "not valid JSON", None),
        (b"\xff\xfe{}", "not valid JSON", None),
        (b"\xef\xbb\xbf{}", "not valid JSON", None),
        (b'{"a": {"b": "\\u0000"}}', "NUL", "a.b"),
        (b'{"a": {"\\u0000": 1}}', "NUL", "a"),
        (b'{"a": ["x", "\\u0000"]}', "NUL", "a"),
        (_nested(101), "levels deep", None),
        (b"[" * 100_000, "", None),
    ],
)
def test_what_is_no_strict_json_is_refused(content, text, field):
    with pytest.raises(Invalid, match=text) as refused:
        bodies.parse(content)
    assert field in (refused.value.field, None)


@pytest.mark.unit
def test_nesting_up_to_the_limit_is_read():
    assert orjson.dumps(bodies.parse(_nested(schemas.MAX_DEPTH - 1))) == _nested(schemas.MAX_DEPTH - 1)


@pytest.mark.unit
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"id": UUID},
        {"id": UUID.replace("-", "").upper()},
        {"id": f"{{{UUID}}}"},
        {"id": None},
        {"at": "2026-11-01"},
        {"at": "2026-11-01 10:00:00.25"},
        {"at": "2026-11-01T10:00:00Z"},
        {"at": "2026-11-01T10:00:00+0530"},
        {"mail": "@"},
        {"outcome": "passed"},
        {"outcome": None},
        {"either": None},
        {"either": 5},
        {"inner": {"a": 1}},
        {"many": []},
    ],
)
def test_body_that_keeps_the_rules_passes(more):
    bodies.check({"name": "x", **more}, SCHEMA)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"name": ""}, "name", ""),
        ({"name": None}, "name", ""),
        ({"name": 5}, "name", ""),
        ({"nme": "x"}, "nme", "unexpected"),
        ({"id": "x"}, "id", "'x' is not a valid UUID"),
        ({"id": 5}, "id", ""),
        ({"at": "yesterday"}, "at", "not a valid date-time"),
        ({"at": "2026-02-30"}, "at", "not a valid date-time"),
        ({"at": "0001-01-01T00:00:00+23:00"}, "at", "not a valid date-time"),
        ({"at": None}, "at", ""),
        ({"mail": "nobody"}, "mail", "not a valid email"),
        ({"outcome": "great"}, "outcome", ""),
        ({"either": []}, "either", ""),
        ({"inner": {}}, "inner.a", "required property"),
        ({"inner": {"a": "x"}}, "inner.a", ""),
        ({"inner": {"a": 1, "b": 2}}, "inner.b", "unexpected"),
        ({"many": [1, "x"]}, "many.1", ""),
    ],
)
def test_body_that_breaks_a_rule_is_refused_by_the_name_of_the_field(change, field, text):
    with pytest.raises(InvalidBody) as refused:
        bodies.check({"name": "x", **change}, SCHEMA)
    assert [name for name, _ in refused.value.found] == [field]
    assert text in refused.value.message


@pytest.mark.unit
def test_missing_field_is_named():
    with pytest.raises(InvalidBody, match="'name' is a required property"):
        bodies.check({}, SCHEMA)


@pytest.mark.unit
def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidBody) as refused:
        bodies.check({"id": "x", "at": "x", "a": 1, "b": 2}, SCHEMA)
    assert {name for name, _ in refused.value.found} >= {"id", "at", "name", "a", "b"}


@pytest.mark.unit
@pytest.mark.parametrize("body", [[], "text", 5, True])
def test_body_that_is_no_object_is_refused(body):
    with pytest.raises(InvalidBody):
        bodies.check(body, SCHEMA)


@pytest.mark.unit
def test_schemas_that_come_and_go_are_not_confused():
    for kind, value in [("string", "x"), ("integer", 1), ("boolean", True)] * 20:
        bodies.check({"a": value}, {"type": "object", "properties": {"a": {"type": kind}}})


@pytest.mark.unit
def test_answer_to_a_huge_faulty_body_is_small():
    with pytest.raises(InvalidBody) as refused:
        bodies.check({"name": ["x" * 1_000_000], **{f"key{i}": 1 for i in range(1000)}}, SCHEMA)
    assert len(refused.value.message) < 10_000


@pytest.mark.integration
def test_body_without_a_type_is_json(flask_app, auth_headers):
    client, token = flask_app
    answer = client.put("/api/user", headers=auth_headers(token), content=b'{"name": "New"}')
    assert (answer.status_code, answer.json()["name"]) == (200, "New")


@pytest.mark.integration
def test_body_that_is_not_required_may_be_left_out(flask_app, auth_headers):
    client, token = flask_app
    for headers in ({}, {"Content-Type": "application/json"}):
        answer = client.put("/api/user", headers={**auth_headers(token), **headers})
        assert (answer.status_code, answer.json()["name"]) == (200, "Superadmin")
