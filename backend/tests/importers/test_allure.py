"""Allure results: attempts, attachments wherever they lie, fixtures, secrets, and what adapters get wrong."""

import io
import json
import tracemalloc
import zipfile

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import allure, allure_index, report
from ibutsu_server.importers.member import Member

pytestmark = pytest.mark.unit


def _result(uuid="a", **said):
    document = {"uuid": uuid, "name": "test", "fullName": "shop#test", "status": "passed", **said}
    return f"{uuid}-result.json", json.dumps(document)


def _container(*children, **said):
    return "x-container.json", json.dumps({"uuid": "x", "children": children, **said})


def _parse(*files):
    def members():
        for name, content in files:
            data = content if isinstance(content, bytes) else content.encode()
            yield Member(("allure-results", name), len(data), iter([data]))

    return [_read(part) for part in allure.parse_members(members, "results.zip")]


def _read(part):
    if isinstance(part, report.File):
        return report.File(part.key, part.name, part.filename, b"".join(part.content))
    return part


def _bodies(parts):
    return [part.body for part in parts if isinstance(part, report.Result)]


def _metadata(*files):
    return _bodies(_parse(*files))[0]["metadata"]


def _files(parts):
    return {(part.key, part.filename): part.content for part in parts if isinstance(part, report.File)}


def _warnings(parts):
    return [part.text for part in parts if isinstance(part, report.Warned)]


def _run(*files):
    return next(part.body for part in _parse(*files) if isinstance(part, report.Run))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("passed", "passed"),
        ("failed", "failed"),
        ("broken", "error"),
        ("skipped", "skipped"),
        ("unknown", "error"),
        (None, "error"),
        (7, "error"),
    ],
)
def test_status_becomes_a_result(status, expected):
    assert _bodies(_parse(_result(status=status)))[0]["result"] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"fullName": "test_shop#test_a"}, "test_shop.test_a"),
        ({"fullName": "a.test_shop.TestCart#test_a"}, "TestCart.test_a"),
        (
            {
                "fullName": "test_shop#test_a",
                "name": "test_a[1-x]",
                "parameters": [{"name": "n", "value": "'1'"}],
            },
            "test_shop.test_a[1-x]",
        ),
        ({"fullName": "js:a.spec.js#cart adds"}, "js:a.spec.js#cart adds"),
        ({"fullName": "Suite.A test.name"}, "Suite.A test.name"),
        ({"fullName": "A", "parameters": [{"name": "n", "value": 2}]}, "A[2]"),
        ({"fullName": "A", "parameters": [{"name": "n", "value": 2, "excluded": True}]}, "A"),
        (
            {
                "labels": [
                    {"name": "testClass", "value": "com.CartTest"},
                    {"name": "testMethod", "value": "adds"},
                ]
            },
            "CartTest.adds",
        ),
        ({"fullName": None, "labels": [{"name": "suite", "value": "S"}], "name": "a test"}, "S.a test"),
    ],
    ids=[
        "module",
        "class",
        "pytest",
        "javascript",
        "robot",
        "parameters",
        "excluded",
        "java",
        "without-full-name",
    ],
)
def test_test_id_is_the_same_in_every_run(said, expected):
    assert _bodies(_parse(_result(**said)))[0]["test_id"] == expected


class TestAttempts:
    def test_same_history_is_one_result_whose_attempts_are_in_order_of_time(self):
        parts = _parse(
            _result("b", historyId="h", start=2000, stop=2500),
            _result(
                "a",
                historyId="h",
                start=1000,
                stop=1100,
                status="failed",
                statusDetails={"message": "no", "trace": "at a"},
            ),
        )
        (body,) = _bodies(parts)
        assert (body["result"], body["duration"], body["metadata"]["flaky"]) == ("passed", 0.5, True)
        assert [one["result"] for one in body["attempts"]] == ["failed", "passed"]
        assert _files(parts) == {("1", "attempt-1 traceback.log"): b"at a"}

    def test_attachments_name_their_attempt(self):
        attached = [{"name": "log", "source": "log.txt"}]
        parts = _parse(
            ("log.txt", "for both"),
            _result("a", historyId="h", start=1, attachments=attached),
            _result("b", historyId="h", start=2, attachments=attached),
        )
        assert _files(parts) == {("2", "attempt-1 log.txt"): b"for both", ("2", "log.txt"): b"for both"}

    def test_results_without_history_are_different_tests(self):
        assert len(_bodies(_parse(_result("a"), _result("b")))) == 2

    def test_too_many_attempts_are_told(self, monkeypatch):
        monkeypatch.setattr(allure_index, "ATTEMPTS", 3)
        parts = _parse(*(_result(f"r{n}", historyId="h", start=n + 1) for n in range(5)))
        assert _bodies(parts)[0]["metadata"]["attempts"] == 3
        assert _bodies(parts)[0]["start_time"] == "1970-01-01T00:00:00.005000+00:00"
        assert "2 attempts of the same test were left out" in _warnings(parts)[0]


class TestSecrets:
    PARAMETERS = (
        {"name": "user", "value": "eve"},
        {"name": "password", "value": "s3cret", "mode": "masked"},
        {"name": "token", "value": "s3cret", "mode": "hidden"},
    )

    def test_masked_and_hidden_values_are_not_stored(self):
        steps = [{"name": "sign in", "status": "passed", "parameters": self.PARAMETERS}]
        parts = _parse(_result(parameters=self.PARAMETERS, steps=steps))
        assert _bodies(parts)[0]["params"] == {"user": "eve", "password": "******"}
        assert "s3cret" not in repr(parts)

    def test_masked_values_are_in_no_test_id(self):
        assert _bodies(_parse(_result(parameters=self.PARAMETERS)))[0]["test_id"] == "shop.test[eve]"


class TestMetadata:
    def test_labels_and_links_are_there(self):
        labels = [
            {"name": "tag", "value": "quick"},
            {"name": "AS_ID", "value": "7"},
            {"name": "feature", "value": "A"},
            {"name": "feature", "value": "B"},
            {"name": "component", "value": "cart"},
            {"name": "component", "value": "shop"},
            {"name": "message", "value": "mine"},
            {"name": "_hidden", "value": "x"},
        ]
        links = [
            {"type": "issue", "name": "B-1", "url": "https://x/1"},
            {"type": "tms", "url": "https://x/2"},
        ]
        assert _metadata(_result(labels=labels, links=links)) == {
            "tags": ["quick"],
            "allure_id": "7",
            "feature": ["A", "B"],
            "component": "cart",
            "issues": [{"name": "B-1", "url": "https://x/1"}],
            "test_cases": [{"name": "https://x/2", "url": "https://x/2"}],
            "title": "test",
            "full_name": "shop#test",
        }

    def test_failure_names_its_innermost_step(self):
        inner = {"name": "inner", "status": "broken"}
        steps = [
            {"name": "fine", "status": "passed"},
            {"name": "outer", "status": "failed", "steps": [inner]},
        ]
        details = {"message": "ValueError: no", "trace": "at", "known": True, "flaky": "yes"}
        found = _metadata(_result(status="failed", steps=steps, statusDetails=details))
        assert (found["failed_step"], found["exception_name"], found["known"]) == (
            "inner",
            "ValueError",
            True,
        )
        assert "flaky" not in found

    def test_environment_and_executor_are_those_of_the_run(self):
        run = _run(
            _result(start=1000, stop=3000),
            ("environment.properties", "# no\nenv = staging\nbase.url=https\\://x\nname\\ x: \\u00fc\n\n=\n"),
            ("executor.json", json.dumps({"name": "Jenkins", "buildUrl": "http://ci/1", "type": "jenkins"})),
        )
        assert run["metadata"] == {
            "tool": "Allure",
            "env": "staging",
            "base.url": "https://x",
            "name x": "ü",
            "executor": "Jenkins",
            "build_url": "http://ci/1",
        }
        assert (run["start_time"], run["duration"]) == ("1970-01-01T00:00:01+00:00", 2.0)


class TestFixtures:
    def test_broken_fixture_explains_a_test_that_says_nothing(self):
        before = {"name": "db", "status": "broken", "statusDetails": {"message": "no database"}}
        found = _metadata(_result(status="broken"), _container("a", befores=[before]))
        assert (found["fixtures"], found["message"]) == (["db: no database"], "db: no database")

    def test_attachments_of_fixtures_of_one_test_are_its_own(self):
        before = {
            "name": "db",
            "status": "passed",
            "attachments": [{"name": "log", "source": "1-attachment.txt"}],
        }
        files = (_result(), _result("b"), ("1-attachment.txt", "text"))
        assert _files(_parse(*files, _container("b", befores=[before]))) == {("2", "log.txt"): b"text"}
        assert _files(_parse(*files, _container("a", "b", afters=[before]))) == {(None, "log.txt"): b"text"}

    def test_error_that_belongs_to_no_test_is_a_result(self):
        errors = {"errors": [{"message": "hook failed", "trace": "at hook", "timestamp": 1000}]}
        (_, error) = _bodies(_parse(_result(), ("g-globals.json", json.dumps(errors))))
        assert (error["test_id"], error["result"]) == ("Global error: hook failed", "error")

    def test_error_that_a_test_tells_already_is_not_told_twice(self):
        errors = {"errors": [{"message": "hook failed", "trace": "at hook"}]}
        told = _result(status="broken", statusDetails={"message": "hook", "trace": "at hook"})
        assert len(_bodies(_parse(told, ("g-globals.json", json.dumps(errors))))) == 1


class TestOddInput:
    @pytest.mark.parametrize("content", ['{"uuid": ', "[]", "7", "[" * 5000])
    def test_broken_result_is_told(self, content):
        parts = _parse(_result(), ("b-result.json", content))
        assert len(_bodies(parts)) == 1
        assert _warnings(parts)[0].startswith("allure-results/b-result.json: is no ")

    def test_result_that_is_too_large_is_told(self, monkeypatch):
        monkeypatch.setattr(allure, "JSON_BYTES", 200)
        parts = _parse(_result(), _result("b", description="x" * 300))
        assert _warnings(parts) == ["allure-results/b-result.json: has more than 200 bytes; it was left out"]

    def test_null_characters_are_replaced(self):
        assert _bodies(_parse(_result(fullName="a\0b")))[0]["test_id"] == "a\ufffdb"

    def test_result_without_any_name_is_a_result(self):
        assert _bodies(_parse(_result(name=None, fullName=None)))[0]["test_id"] is None

    def test_wrong_types_harm_nothing(self):
        names = (
            "labels",
            "links",
            "steps",
            "parameters",
            "attachments",
            "statusDetails",
            "titlePath",
            "start",
        )
        odd = {name: [7] for name in names}
        (body,) = _bodies(_parse(_result(**odd, stop={}, historyId=[], name=None)))
        assert (body["test_id"], body["duration"], body["start_time"]) == ("shop.test", 0.0, None)

    @pytest.mark.parametrize("start", [-5, 1e300, True, "1000"])
    def test_impossible_time_is_none(self, start):
        assert _bodies(_parse(_result(start=start, stop=5)))[0]["start_time"] is None

    def test_steps_nested_endlessly_are_cut(self):
        steps = []
        for _ in range(400):
            steps = [{"name": "deeper", "status": "failed", "steps": steps}]
        parts = _parse(_result(status="failed", steps=steps))
        assert _bodies(parts)[0]["metadata"]["failed_step"] == "deeper"

    def test_missing_and_unknown_attachments_are_told(self):
        attached = [{"name": "gone", "source": "gone.png"}]
        parts = _parse(_result(attachments=attached), ("else.txt", "x"), ("history.json", "{}"))
        assert _warnings(parts) == [
            "allure-results/else.txt: belongs to no result and was left out",
            "allure-results/history.json: belongs to no result and was left out",
            "gone.png: the attachment is not there",
        ]

    def test_attachment_of_very_many_results_is_with_some_of_them(self, monkeypatch):
        monkeypatch.setattr(allure, "OWNERS", 2)
        monkeypatch.setattr(allure_index, "OWNERS", 2)
        attached = [{"name": "log", "source": "log.txt"}]
        parts = _parse(*(_result(f"r{n}", attachments=attached) for n in range(4)), ("log.txt", "x"))
        assert len(_files(parts)) == 2
        assert "is attached to more than 2 results" in _warnings(parts)[0]

    def test_folder_without_results_is_refused(self):
        with pytest.raises(Invalid, match="no result of Allure"):
            _parse(("environment.properties", "a=b"))


class TestSingleResult:
    def test_it_is_recognised_and_read(self):
        _, content = _result(historyId="h")
        assert importers.recognise(content.encode(), "x.json") == "allure"
        parts = list(allure.parse(io.BytesIO(content.encode()), "x.json"))
        assert [body["test_id"] for body in _bodies(parts)] == ["shop.test"]

    @pytest.mark.parametrize(
        "content", [b'{"uuid": "x"}', b'{"name": 1}', b'[{"uuid": "x", "stage": "y"}]', b""]
    )
    def test_other_documents_are_not(self, content):
        assert not allure.recognises(content, "x-result.json")


def test_archive_is_read():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (_result(), ("deep/log", "x")):
            archive.writestr(f"results/{name}", content)
    assert [body["result"] for body in _bodies(allure.parse(packed, "x.zip"))] == ["passed"]


def test_memory_does_not_grow_with_the_results():
    def members():
        for number in range(2000):
            trace = {"message": "no", "trace": "x" * 5000}
            attached = [{"name": "log", "source": f"{number}.txt"}]
            said = {"historyId": str(number // 2), "statusDetails": trace, "attachments": attached}
            name, content = _result(str(number), status="failed", **said)
            yield Member(("results", name), 0, iter([content.encode()]))
            yield Member(("results", f"{number}.txt"), 0, iter([b"x" * 5000]))

    tracemalloc.start()
    for part in allure.parse_members(members, "x"):
        if isinstance(part, report.File):
            b"".join(part.content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 1024 * 1024


def test_parameter_that_is_nested_endlessly_is_told_as_far_as_it_goes():
    name, content = _result(parameters=[{"name": "a", "value": "deep"}, {"name": "b", "value": [1]}])
    deep = content.replace('"deep"', "[" * 300 + "]" * 300)
    assert _bodies(_parse((name, deep)))[0]["params"] == {"a": "?", "b": "[1]"}


@pytest.mark.parametrize(
    ("written", "value"),
    [(r"\ud83d\ude00", "😀"), (r"\ud800", "\ufffd"), (r"\u0000", "\ufffd"), ("\0", "\ufffd")],
)
def test_environment_holds_only_what_can_be_stored(written, value):
    assert _run(_result(), ("environment.properties", f"key={written}"))["metadata"]["key"] == value


def test_executor_holds_only_what_can_be_stored():
    executor = "executor.json", r'{"name": "a\u0000"}'
    assert _run(_result(), executor)["metadata"]["executor"] == "a\ufffd"
