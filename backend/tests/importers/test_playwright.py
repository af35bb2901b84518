"""The JSON report of Playwright: outcomes, attempts, attachments and errors outside of tests."""

import io

import orjson
import pytest

from ibutsu_server.importers import playwright, report

pytestmark = pytest.mark.unit


def _parse(*suites, **rest):
    document = {"config": {"rootDir": "/shop", **rest.pop("config", {})}, "suites": list(suites), **rest}
    return list(playwright.parse(io.BytesIO(orjson.dumps(document)), "report.json"))


def _suite(title, *specs, suites=()):
    return {"title": title, "specs": list(specs), "suites": list(suites)}


def _spec(title="pays", **test):
    return {"title": title, "file": "a.spec.ts", "line": 3, "tests": [{"projectName": "", **test}]}


def _bodies(parts):
    return [part.body for part in parts if isinstance(part, report.Result)]


def _tested(*attempts, **test):
    return _parse(_suite("a.spec.ts", _spec(results=list(attempts), **test)))


def _only(*attempts, **test):
    return _bodies(_tested(*attempts, **test))[0]


def _files(parts):
    return {part.name: b"".join(part.content) for part in parts if isinstance(part, report.File)}


@pytest.mark.parametrize(
    ("status", "expected", "result"),
    [
        ("passed", "passed", "passed"),
        ("failed", "passed", "failed"),
        ("timedOut", "passed", "failed"),
        ("skipped", "skipped", "skipped"),
        ("interrupted", "passed", "skipped"),
        ("failed", "failed", "xfailed"),
        ("passed", "failed", "xpassed"),
        ("timedOut", "failed", "failed"),
        ("passed", None, "passed"),
        ("exploded", "passed", "error"),
        (None, None, "error"),
    ],
)
def test_outcome(status, expected, result):
    assert _only({"status": status}, expectedStatus=expected)["result"] == result


def test_test_that_never_began_is_skipped():
    body = _only()
    assert (body["result"], body["metadata"]["skip_reason"]) == ("skipped", "did not run")


def test_test_id_has_project_file_and_titles():
    inner = _suite("deeper", _spec("b", projectName="größe"), suites=[_suite("", _spec("c"))])
    parts = _parse(
        _suite("a.spec.ts", _spec("a"), suites=[_suite("Cart", suites=[inner])]), _suite("b.ts", _spec("d"))
    )
    assert [(body["test_id"], body["params"]) for body in _bodies(parts)] == [
        ("a.spec.ts > a", {}),
        ("[größe] a.spec.ts > Cart > deeper > b", {"project": "größe"}),
        ("a.spec.ts > Cart > deeper > c", {}),
        ("b.ts > d", {}),
    ]


def test_each_project_has_a_result_of_its_own():
    spec = {"title": "pays", "tests": [{"projectName": "one"}, {"projectName": "two"}]}
    parts = _parse(_suite("a.spec.ts", spec))
    assert [body["test_id"] for body in _bodies(parts)] == [
        "[one] a.spec.ts > pays",
        "[two] a.spec.ts > pays",
    ]


def test_attempts_are_one_result_with_files_of_each():
    first = {
        "status": "failed",
        "duration": 20,
        "errors": [{"message": "Error: no"}],
        "stdout": [{"text": "1"}],
    }
    parts = _tested(first, {"status": "passed", "duration": 30, "stdout": [{"text": "2"}]})
    [body] = _bodies(parts)
    assert (body["result"], body["duration"], body["metadata"]["flaky"]) == ("passed", 0.03, True)
    assert [(one["result"], one.get("message")) for one in body["attempts"]] == [
        ("failed", "Error: no"),
        ("passed", None),
    ]
    assert _files(parts) == {
        "attempt-1/traceback.log": b"Error: no",
        "attempt-1/system-out.log": b"1",
        "system-out.log": b"2",
    }


def test_colours_are_taken_out_of_messages_and_tracebacks():
    parts = _tested(
        {"status": "failed", "errors": [{"message": "\x1b[31mTypeError\x1b[39m: \x1b[2mno\x1b[22m"}]}
    )
    metadata = _bodies(parts)[0]["metadata"]
    assert (metadata["message"], metadata["exception_name"]) == ("TypeError: no", "TypeError")
    assert _files(parts) == {"traceback.log": b"TypeError: no"}


def test_message_is_that_of_the_first_error_and_the_file_has_all():
    error = {"message": "Error: one", "stack": "Error: one\n    at a.ts:1:2"}
    errors = [{"message": "Error: one\n\n > 1 | x"}, {"message": "Error: two"}]
    parts = _tested({"status": "failed", "error": error, "errors": errors})
    metadata = _bodies(parts)[0]["metadata"]
    assert (metadata["message"], metadata["short_tb"]) == ("Error: one", "Error: one\n    at a.ts:1:2")
    assert _files(parts) == {"traceback.log": b"Error: one\n\n > 1 | x\n\nError: two"}


def test_thrown_value_is_the_message():
    assert _only({"status": "failed", "error": {"value": "'text'"}})["metadata"]["message"] == "'text'"


def test_timeout_has_a_name():
    body = _only({"status": "timedOut", "error": {"message": "Test timeout of 100ms exceeded."}})
    assert body["metadata"]["exception_name"] == "TimeoutError"


@pytest.mark.parametrize(
    ("kind", "status", "expected", "key"),
    [
        ("skip", "skipped", "skipped", "skip_reason"),
        ("fixme", "skipped", "skipped", "skip_reason"),
        ("fail", "failed", "failed", "xfail_reason"),
        ("fail", "passed", "failed", "xfail_reason"),
    ],
)
def test_reason_is_in_the_annotations(kind, status, expected, key):
    annotations = [{"type": "issue", "description": "SHOP-1"}, {"type": kind, "description": "no bank"}]
    body = _only({"status": status}, expectedStatus=expected, annotations=annotations)
    assert (body["metadata"][key], body["metadata"]["annotations"]) == ("no bank", ["issue: SHOP-1"])


def test_failed_step_is_named_with_those_around_it():
    steps = [
        {"title": "opens"},
        {"title": "pays", "error": {}, "steps": [{"title": "asks", "error": {"message": "no"}}]},
    ]
    steps[1]["error"] = {"message": "no"}
    assert _only({"status": "failed", "steps": steps})["metadata"]["failed_step"] == "pays > asks"


class TestAttachments:
    def test_bodies_are_files_and_paths_are_metadata(self):
        attachments = [
            {"name": "note", "contentType": "text/plain", "body": "SGVsbG8="},
            {"name": "note", "contentType": "text/plain", "body": "QWdhaW4="},
            {"name": "../a/b.json", "contentType": "application/json", "body": "e30="},
            {"name": "video", "contentType": "video/webm", "path": "/shop/video.webm"},
        ]
        parts = _tested({"status": "passed", "attachments": attachments})
        assert _files(parts) == {"note.txt": b"Hello", "note-2.txt": b"Again", "_a_b.json": b"{}"}
        assert _bodies(parts)[0]["metadata"]["attachments"] == ["video: /shop/video.webm"]

    def test_what_is_no_base64_is_left_out_with_a_warning(self):
        attachments = [{"name": "a", "contentType": "image/png", "body": "not/base64?"}]
        warned = [part for part in _tested({"attachments": attachments}) if isinstance(part, report.Warned)]
        assert warned == [
            report.Warned("test 1 (a.spec.ts > pays): the file 'a.png' is no valid base64 and was left out")
        ]


class TestErrors:
    def test_file_that_cannot_be_loaded_is_a_result(self):
        error = {
            "message": "SyntaxError: no",
            "stack": "SyntaxError: no\n    at x",
            "location": {"file": "/shop/bad.spec.ts", "line": 3},
            "snippet": "> 3 | x",
        }
        parts = _parse(errors=[error])
        [body] = _bodies(parts)
        assert (body["test_id"], body["result"]) == ("bad.spec.ts", "error")
        assert body["metadata"] == {
            "fspath": "bad.spec.ts",
            "line": 3,
            "exception_name": "SyntaxError",
            "message": "SyntaxError: no",
            "short_tb": "SyntaxError: no\n    at x",
        }
        assert _files(parts) == {"traceback.log": b"SyntaxError: no\n    at x\n\n> 3 | x"}

    def test_error_without_a_place_is_one_of_playwright(self):
        [body] = _bodies(_parse(errors=[{"message": "Error: No tests found"}]))
        assert (body["test_id"], body["metadata"]["message"]) == ("playwright", "Error: No tests found")


def test_run_has_times_version_shard_and_metadata():
    config = {
        "version": "1.40.0",
        "shard": {"current": 2, "total": 4},
        "metadata": {"actualWorkers": 3, "project": "shop", "gitCommit": {"hash": "abc"}},
    }
    run = _parse(config=config, stats={"startTime": "2024-01-02T03:04:05.678Z", "duration": 1500.5})[-1]
    assert run.project == "shop"
    assert run.body == {
        "id": None,
        "start_time": "2024-01-02T03:04:05.678000+00:00",
        "duration": 1.5005,
        "source": None,
        "metadata": {
            "project": "shop",
            "gitCommit.hash": "abc",
            "tool": "playwright",
            "tool_version": "1.40.0",
            "shard": "2/4",
        },
    }


def test_specs_that_are_no_objects_are_warned_of():
    assert _parse(_suite("a.spec.ts", "x"), errors=[7])[:2] == [
        report.Warned("suites.specs: what is no object was left out"),
        report.Warned("errors: what is no object was left out"),
    ]


def test_title_without_its_suite_is_left_out():
    assert _bodies(_parse(_suite("a.spec.ts", _spec()), **{"suites.item.title": "b"}))[0]["test_id"]
