"""Cucumber JSON and behave's dialect: outcomes of scenarios, hooks, backgrounds, examples and attachments."""

import io

import orjson
import pytest

from ibutsu_server import importers
from ibutsu_server.importers import cucumber, report

pytestmark = pytest.mark.unit


def _parse(*elements, **feature):
    document = [{"elements": list(elements), "keyword": "Feature", "name": "Cart", **feature}]
    return list(cucumber.parse(io.BytesIO(orjson.dumps(document)), "cucumber.json"))


def _step(status="passed", name="it works", **result):
    return {"keyword": "Given ", "name": name, "result": {"status": status, **result}}


def _scenario(*steps, **values):
    return {"type": "scenario", "keyword": "Scenario", "name": "pays", "steps": list(steps), **values}


def _bodies(parts):
    return [part.body for part in parts if isinstance(part, report.Result)]


def _only(*steps, **values):
    return _bodies(_parse(_scenario(*steps, **values)))[0]


def _files(parts):
    return {part.name: b"".join(part.content) for part in parts if isinstance(part, report.File)}


@pytest.mark.parametrize(
    ("statuses", "result"),
    [
        ([], "passed"),
        (["passed", "passed"], "passed"),
        (["passed", "failed", "skipped"], "failed"),
        (["undefined", "skipped"], "error"),
        (["ambiguous", "skipped"], "error"),
        (["undefined", "failed"], "failed"),
        (["pending", "skipped"], "skipped"),
        (["passed", "skipped"], "skipped"),
        (["FAILED"], "failed"),
        (["exploded"], "error"),
        ([None], "skipped"),
    ],
)
def test_outcome_is_that_of_the_worst_step(statuses, result):
    assert _only(*map(_step, statuses))["result"] == result


@pytest.mark.parametrize(
    ("own", "steps", "result"),
    [
        ("passed", ["passed"], "passed"),
        ("failed", ["undefined"], "failed"),
        ("error", ["passed", "error"], "error"),
        ("hook_error", [None], "error"),
        ("skipped", ["passed", "skipped"], "skipped"),
        ("untested", [None], "skipped"),
        ("strange", ["failed"], "failed"),
        (None, ["failed"], "failed"),
    ],
)
def test_behave_says_itself_how_a_scenario_ended(own, steps, result):
    assert _only(*map(_step, steps), location="a.feature:7", status=own)["result"] == result


def test_error_of_a_hook_in_behave_is_not_blamed_on_a_step():
    body = _only(_step(None), location="a.feature:7", status="hook_error")
    assert body["metadata"]["message"] == "hook_error"
    assert "failed_step" not in body["metadata"]


def test_durations_are_nanoseconds_and_seconds_in_behave():
    step = _step(duration=1_500_000_000)
    assert _only(step, step)["duration"] == 3
    assert _only(_step(duration=1.5), location="a.feature:7")["duration"] == 1.5


def test_failed_step_is_named_with_its_message():
    trace = "java.lang.Error: no\nmoney\n\tat shop.Cart.pay(Cart.java:7)"
    parts = _parse(_scenario(_step(), _step("failed", "I pay", error_message=trace)))
    metadata = _bodies(parts)[0]["metadata"]
    assert metadata["failed_step"] == "Given I pay"
    assert metadata["message"] == "java.lang.Error: no\nmoney"
    assert metadata["exception_name"] == "java.lang.Error"
    assert _files(parts) == {"traceback.log": f"Given I pay\n{trace}".encode()}


def test_traceback_of_python_ends_with_its_message():
    lines = ["Traceback (most recent call last):", '  File "a.py", line 1', "ValueError: no"]
    metadata = _only(_step("failed", error_message=lines), location="a.feature:7", status="failed")[
        "metadata"
    ]
    assert (metadata["message"], metadata["exception_name"]) == ("ValueError: no", "ValueError")


def test_step_without_a_message_is_the_message():
    assert _only(_step("undefined", "nobody"))["metadata"]["message"] == "undefined: Given nobody"
    assert _only(_step("pending", "later"))["metadata"]["skip_reason"] == "pending: Given later"


FAILED = {"result": {"status": "failed", "duration": 1_000_000_000, "error_message": "Error: no"}}


class TestHooks:
    @pytest.mark.parametrize("name", ["before", "after"])
    def test_hook_that_fails_fails_the_scenario(self, name):
        body = _only(_step(), **{name: [FAILED]})
        assert (body["result"], body["duration"]) == ("failed", 1)
        assert body["metadata"]["failed_step"] == name.capitalize()

    def test_hook_of_a_step_counts_as_well(self):
        assert _only({**_step(), "after": [FAILED]})["result"] == "failed"

    def test_background_that_was_run_belongs_to_the_scenario_behind_it(self):
        background = {"type": "background", "keyword": "Background", "steps": [FAILED]}
        first, second = _bodies(_parse(background, _scenario(_step("skipped")), _scenario(_step(), name="b")))
        assert [first["result"], second["result"]] == ["failed", "passed"]

    def test_background_of_behave_was_not_run_itself(self):
        background = {"type": "background", "keyword": "Background", "steps": [{"name": "an empty cart"}]}
        assert [body["result"] for body in _bodies(_parse(background, _scenario(_step())))] == ["passed"]


class TestNames:
    def test_test_id_is_feature_and_scenario(self):
        assert _only()["test_id"] == "Cart > pays"

    def test_examples_of_one_name_are_told_apart(self):
        elements = [_scenario(_step(name=name), name="pays", id="x", line=9) for name in ("1", "2", "3")]
        test_ids = [body["test_id"] for body in _bodies(_parse(*elements))]
        assert test_ids == ["Cart > pays", "Cart > pays [2]", "Cart > pays [3]"]

    def test_name_behind_the_scenarios_is_that_of_all(self):
        content = b'[{"elements": [{"name": "a"}], "name": "F"}, {"name": "G", "elements": [{"name": "b"}]}]'
        parts = list(cucumber.parse(io.BytesIO(content), "x.json"))
        assert [body["test_id"] for body in _bodies(parts)] == ["F > a", "G > b"]

    @pytest.mark.parametrize(
        ("feature", "scenario", "expected"),
        [
            ({"uri": "a.feature"}, {"line": 7}, ("a.feature", 7)),
            ({"location": "a.feature:1"}, {"location": "a.feature:7"}, ("a.feature", 7)),
            ({"location": "C:\\a.feature:1"}, {"location": "x"}, ("C:\\a.feature", None)),
            ({}, {"line": "seven"}, (None, None)),
        ],
    )
    def test_place(self, feature, scenario, expected):
        metadata = _bodies(_parse(_scenario(**scenario), **feature))[0]["metadata"]
        assert (metadata.get("fspath"), metadata.get("line")) == expected

    def test_tags_are_those_of_feature_and_scenario_once(self):
        scenario = _scenario(tags=[{"name": "@shop"}, {"name": "@smoke"}, "behave", 7, None])
        body = _bodies(_parse(scenario, tags=[{"name": "@shop"}, "all"]))[0]
        assert body["metadata"]["tags"] == ["shop", "all", "smoke", "behave", "7"]


class TestAttempts:
    def test_scenario_that_was_retried_is_one_result(self):
        failed = _scenario(_step("failed", error_message="no"), id="a;b", line=3)
        parts = _parse(failed, _scenario(_step(), id="a;b", line=3), _scenario(_step(), id="a;b", line=3))
        bodies = _bodies(parts)
        assert [(body["result"], len(body.get("attempts", []))) for body in bodies] == [
            ("passed", 2),
            ("passed", 0),
        ]
        assert bodies[0]["metadata"]["flaky"]
        assert _files(parts) == {"attempt-1/traceback.log": b"Given it works\nno"}


class TestEmbeddings:
    @pytest.mark.parametrize("kind", [{"mime_type": "image/png"}, {"media": {"type": "image/png"}}])
    def test_are_files(self, kind):
        step = {**_step(), "embeddings": [{"data": "iVBORw0KGgo=", **kind}]}
        assert _files(_parse(_scenario(step))) == {"attachment.png": b"\x89PNG\r\n\x1a\n"}

    def test_text_that_is_not_encoded_is_left_as_it_is(self):
        step = {**_step(), "embeddings": [{"data": "Grüße!", "mime_type": "text/plain", "name": "note"}]}
        assert _files(_parse(_scenario(step))) == {"note.txt": "Grüße!".encode()}

    def test_output_is_a_file(self):
        assert _files(_parse(_scenario({**_step(), "output": ["a", "b"]}))) == {"system-out.log": b"a\nb\n"}


def test_run_starts_with_its_first_scenario():
    starts = ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"]
    *_, run = _parse(*(_scenario(name=start, start_timestamp=start) for start in starts))
    assert (run.body["start_time"], run.body["metadata"]) == (
        "2024-01-01T00:00:00+00:00",
        {"tool": "cucumber"},
    )


def test_report_without_features_is_known_by_its_name_alone():
    assert importers.recognise(b"[]\n", "cucumber-report.json") == "cucumber"
    assert importers.recognise(b"[]\n", "report.json") is None
    assert [type(part) for part in cucumber.parse(io.BytesIO(b"[]"), "cucumber.json")] == [report.Run]


def test_what_is_no_object_is_warned_of():
    content = b'["x", {"name": "F", "elements": [7]}]'
    parts = list(cucumber.parse(io.BytesIO(content), "cucumber.json"))
    assert [part.text for part in parts if isinstance(part, report.Warned)] == [
        "item: what is no object was left out",
        "item.elements: what is no object was left out",
    ]
