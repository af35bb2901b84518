"""pytest-json-report: outcomes by phase, reruns, markers, collection errors and what tests have written."""

import io

import orjson
import pytest

from ibutsu_server.importers import pytest_json, report

pytestmark = pytest.mark.unit

NODE = "tests/test_a.py::TestA::test_b[x]"


def _parse(*tests, **rest):
    document = {"created": 1_700_000_010.5, "duration": 10.5, "exitcode": 1, "root": "/home/ci/shop"}
    content = orjson.dumps({**document, **rest, "tests": list(tests)})
    return list(pytest_json.parse(io.BytesIO(content), "report.json"))


def _test(outcome="passed", nodeid=NODE, **values):
    return {"nodeid": nodeid, "lineno": 4, "outcome": outcome, **values}


def _bodies(parts):
    return [part.body for part in parts if isinstance(part, report.Result)]


def _only(*args, **values):
    return _bodies(_parse(_test(*args, **values)))[0]


def _files(parts):
    return {part.name: b"".join(part.content) for part in parts if isinstance(part, report.File)}


@pytest.mark.parametrize("outcome", ["passed", "failed", "error", "skipped", "xfailed", "xpassed"])
def test_outcome(outcome):
    assert _only(outcome)["result"] == outcome


def test_unknown_outcome_is_an_error_with_a_warning():
    warned, result, _ = _parse(_test("exploded"))
    assert warned.text == f"test 1 ({NODE}): 'exploded' is no outcome, it counts as an error"
    assert result.body["result"] == "error"


@pytest.mark.parametrize(
    ("phases", "result", "is_flaky"),
    [
        ({"setup": "passed", "call": "passed"}, "passed", True),
        ({"setup": "passed", "call": "failed"}, "failed", False),
        ({"setup": "failed"}, "error", False),
        ({"setup": "passed", "call": "passed", "teardown": "failed"}, "error", False),
        ({"setup": "skipped"}, "skipped", False),
    ],
)
def test_rerun_is_what_its_last_attempt_was(phases, result, is_flaky):
    body = _only("rerun", **{name: {"outcome": outcome} for name, outcome in phases.items()})
    assert (body["result"], body["metadata"].get("flaky", False)) == (result, is_flaky)


@pytest.mark.parametrize(
    ("node", "test_id", "path"),
    [
        (NODE, "TestA.test_b[x]", "tests/test_a.py"),
        ("test_a.py::test_b", "test_b", "test_a.py"),
        ("test_a.py::test_b[x::y/z]", "test_b[x::y/z]", "test_a.py"),
        ("test_a.py::TestA::TestB::test_c", "TestA.TestB.test_c", "test_a.py"),
        ("docs/a.md", "docs/a.md", "docs/a.md"),
        ("", None, None),
    ],
)
def test_test_id_is_as_the_pytest_plugin_names_it(node, test_id, path):
    body = _only(nodeid=node)
    assert (body["test_id"], body["metadata"].get("fspath")) == (test_id, path)


def test_line_is_counted_from_1():
    assert _only()["metadata"]["line"] == 5


def test_duration_is_the_sum_of_the_phases():
    body = _only(setup={"duration": 0.5}, call={"duration": 1}, teardown={"duration": None})
    assert (body["duration"], body["metadata"]["durations"]) == (
        1.5,
        {"setup": 0.5, "call": 1, "teardown": 0},
    )


def test_markers_are_the_keywords_that_are_no_names():
    keywords = [
        "test_b[x]",
        "smoke",
        "parametrize",
        "pytestmark",
        "x",
        "TestA",
        "test_a.py",
        "tests",
        "shop",
        "__a__",
        "",
    ]
    assert _only(keywords=keywords)["metadata"]["markers"] == [{"name": "smoke"}]


def test_metadata_of_the_test_cannot_hide_the_own_fields():
    body = _only(metadata={"component": "cart", "env": 5, "deep": {"a": 1}, "fspath": "x"})
    assert {key: body["metadata"].get(key) for key in ("component", "env", "deep", "fspath")} == {
        "component": "cart",
        "env": "5",
        "deep": None,
        "fspath": "tests/test_a.py",
    }


CALL = {
    "outcome": "failed",
    "crash": {"path": "/a.py", "lineno": 7, "message": "ValueError: no\nmoney"},
    "traceback": [
        {"path": "a.py", "lineno": 3, "message": ""},
        {"path": "a.py", "message": "ValueError"},
    ],
    "longrepr": "[gw0] linux -- Python 3.11\n\ndef test_b():\nE   ValueError: no\n\na.py:7: ValueError",
}


class TestFailures:
    def test_reason_is_that_of_the_first_phase_that_failed(self):
        parts = _parse(_test("error", call=CALL, teardown={"outcome": "failed", "longrepr": "OSError: late"}))
        metadata = _bodies(parts)[0]["metadata"]
        assert (metadata["exception_name"], metadata["message"]) == ("ValueError", "ValueError: no\nmoney")
        assert metadata["short_tb"].startswith("def test_b")
        assert _files(parts)["traceback.log"].endswith(b"a.py:7: ValueError\n\nOSError: late")

    def test_expected_failure_keeps_its_traceback(self):
        call = {**CALL, "outcome": "skipped"}
        parts = _parse(_test("xfailed", call=call))
        assert "message" not in _bodies(parts)[0]["metadata"]
        assert _files(parts)["traceback.log"].startswith(b"def test_b")

    def test_strict_xfail_that_passes_has_its_reason(self):
        call = {"outcome": "failed", "longrepr": "[XPASS(strict)] known"}
        assert _only("failed", call=call)["metadata"]["xfail_reason"] == "known"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("('/a.py', 4, 'Skipped: not yet')", "not yet"),
        ("('/a.py', 4, 'Skipped: it\\'s \"quoted\"')", 'it\'s "quoted"'),
        ("[gw1] linux -- Python 3\n('/a.py', 4, 'Skipped: not yet')", "not yet"),
        ("('/a.py', 4)", "('/a.py', 4)"),
        ("plain words", "plain words"),
        ("(" * 5000, "(" * 4000),
        ("('/a.py', 4, " + "'x'" * 4000 + ")", None),
        (None, None),
    ],
)
def test_reason_of_a_skip(written, reason):
    found = _only("skipped", setup={"outcome": "skipped", "longrepr": written})["metadata"].get("skip_reason")
    assert found == reason or (reason is None and (found or "").startswith(("('/a.py'", "")))


def test_texts_of_all_phases_are_files():
    record = {
        "levelname": "WARNING",
        "name": "shop",
        "filename": "a.py",
        "lineno": 9,
        "msg": "no %s",
        "args": ["x"],
    }
    setup = {"stdout": "1\n", "stderr": "e\n"}
    assert _files(_parse(_test(setup=setup, call={"stdout": "2\n", "log": [record, 7]}))) == {
        "system-out.log": b"1\n2\n",
        "system-err.log": b"e\n",
        "logging.log": b"WARNING shop a.py:9 no %s x\n",
    }


class TestCollectors:
    def test_file_that_cannot_be_imported_is_an_error(self):
        long = "ImportError while importing\nE   ModuleNotFoundError: No module named 'x'"
        collector = {"nodeid": "test_a.py", "outcome": "failed", "result": [], "longrepr": long}
        parts = _parse(
            collectors=[{"nodeid": "", "outcome": "passed", "result": [{"outcome": "failed"}]}, collector]
        )
        [body] = _bodies(parts)
        assert (body["test_id"], body["result"], body["metadata"]["fspath"]) == (
            "test_a.py",
            "error",
            "test_a.py",
        )
        assert body["metadata"]["exception_name"] == "ModuleNotFoundError"
        assert _files(parts) == {"traceback.log": long.encode()}

    def test_keys_of_results_go_on_behind_those_of_collectors(self):
        parts = _parse(_test(), collectors=[{"nodeid": "a.py", "outcome": "failed"}])
        assert sorted(part.key for part in parts if isinstance(part, report.Result)) == ["0", "1"]


class TestRun:
    def test_report_is_created_at_the_end_of_the_run(self):
        body = _parse(_test())[-1].body
        assert (body["start_time"], body["duration"]) == ("2023-11-14T22:13:20+00:00", 10.5)

    def test_environment_is_metadata(self):
        environment = {
            "Python": "3.11",
            "Packages": {"pytest": "8", "py": "1"},
            "Plugins": {"x": "1"},
            "JOB": {"id": 7},
        }
        assert _parse(_test(), environment=environment)[-1].body["metadata"] == {
            "Python": "3.11",
            "JOB.id": 7,
            "tool": "pytest",
            "exitcode": 1,
            "tool_version": "8",
        }

    def test_report_without_tests_has_a_warning(self):
        warned, run = _parse()
        assert (type(warned), type(run)) == (report.Warned, report.Run)

    def test_test_that_is_no_object_is_warned_of(self):
        assert _parse("x", _test())[0] == report.Warned("test 1: is no object and was left out")


@pytest.mark.parametrize("written", ["{[]}", "{[]: 1}", "{{}}"])
def test_reason_that_python_cannot_make_is_told_as_it_is(written):
    found = _only("skipped", setup={"outcome": "skipped", "longrepr": written})
    assert found["metadata"]["skip_reason"] == written
