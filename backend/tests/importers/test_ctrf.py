"""CTRF JSON: what its fields become, and what is made of those that writers fill in wrongly."""

import io

import orjson
import pytest

from ibutsu_server.importers import ctrf, report

pytestmark = pytest.mark.unit


def _parse(*tests, **results):
    document = {"results": {**results, "tests": list(tests)}}
    return list(ctrf.parse(io.BytesIO(orjson.dumps(document)), "ctrf.json"))


def _test(**values):
    return {"name": "a", "status": "passed", "duration": 1, **values}


def _only(**values):
    return next(part.body for part in _parse(_test(**values)) if isinstance(part, report.Result))


def _files(**values):
    files = [part for part in _parse(_test(**values)) if isinstance(part, report.File)]
    return {part.name: b"".join(part.content) for part in files}


@pytest.mark.parametrize(
    ("status", "raw", "result"),
    [
        ("passed", None, "passed"),
        ("failed", None, "failed"),
        ("skipped", None, "skipped"),
        ("pending", None, "skipped"),
        ("other", None, "skipped"),
        ("other", "todo", "skipped"),
        ("other", "timedOut", "failed"),
        ("skipped", "xfailed", "xfailed"),
        ("passed", "failed", "xfailed"),
        ("failed", "setup_failed", "error"),
        ("other", "blocked", "blocked"),
        ("FAILED", None, "failed"),
        ("broken", None, "error"),
        (None, None, "error"),
        (7, None, "error"),
    ],
)
def test_status(status, raw, result):
    assert _only(status=status, rawStatus=raw)["result"] == result


def test_unknown_status_is_warned_of():
    warned, *_ = _parse(_test(status="exploded"))
    assert warned == report.Warned("test 1 (a): 'exploded' is no status, it counts as an error")


@pytest.mark.parametrize(
    ("name", "suite", "test_id"),
    [
        ("adds", None, "adds"),
        ("adds", ["shop", "Cart"], "shop > Cart > adds"),
        ("adds", "api > cart.spec.ts > Cart", "api > cart.spec.ts > Cart > adds"),
        ("Cart adds", "cart.test.js > Cart", "cart.test.js > Cart adds"),
        ("Cart nested adds", "cart.test.js > Cart > nested", "cart.test.js > Cart nested adds"),
        ("Carts add", ["Cart"], "Cart > Carts add"),
        ("tests/test_a.py::TestA::test_b[x::y]", ["test_a.py", "TestA"], "TestA.test_b[x::y]"),
        ("", ["Cart"], "Cart"),
        (None, None, None),
    ],
)
def test_test_id(name, suite, test_id):
    assert _only(name=name, suite=suite)["test_id"] == test_id


def test_test_id_fits_and_long_ones_are_told_apart():
    first, second = (_only(name="x" * 5000 + end)["test_id"] for end in "ab")
    assert len(first.encode()) <= 2048
    assert first != second


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ({"duration": 1500}, 1.5),
        ({"duration": "1500"}, 1.5),
        ({"duration": 1.5, "start": 1_700_000_000_000, "stop": 1_700_000_001_500}, 1.5),
        ({"duration": 1500, "start": 1_700_000_000_000, "stop": 1_700_000_001_500}, 1.5),
        ({"duration": 5, "start": 1_700_000_000_000, "stop": 1_700_000_000_005}, 0.005),
        ({"duration": 5, "start": 1_700_000_000, "stop": 1_700_000_000}, 0.005),
        ({"duration": None, "start": 1_700_000_000_000, "stop": 1_700_000_000_250}, 0.25),
        ({"duration": None, "start": 1_700_000_000, "stop": 1_700_000_002}, 2),
        ({"duration": None, "start": 2, "stop": 1}, 0),
        ({"duration": -5}, 0),
        ({"duration": True}, 0),
        ({"duration": "soon"}, 0),
    ],
)
def test_duration_is_in_milliseconds_unless_start_and_stop_say_otherwise(values, seconds):
    assert _only(**values)["duration"] == pytest.approx(seconds)


@pytest.mark.parametrize("start", [1_700_000_000_000, "1700000000000", 1_700_000_000])
def test_start_is_in_milliseconds_or_seconds(start):
    assert _only(start=start)["start_time"] == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize("start", [None, 0, -1, "soon", 1e300, 10**17])
def test_start_that_is_no_time_is_none(start):
    assert _only(start=start)["start_time"] is None


class TestAttempts:
    def test_earlier_attempts_are_kept_in_one_result(self):
        first = {"attempt": 1, "status": "failed", "duration": 20, "message": "TypeError: no"}
        body = _only(retries=1, retryAttempts=[first])
        assert (body["result"], body["metadata"]["attempts"], body["metadata"]["flaky"]) == (
            "passed",
            2,
            True,
        )
        assert body["attempts"][0] == {
            "result": "failed",
            "duration": 0.02,
            "exception_name": "TypeError",
            "message": "TypeError: no",
            "short_tb": "TypeError: no",
        }

    def test_last_attempt_that_is_listed_as_well_counts_once(self):
        attempts = [{"status": "failed"}, {"status": "passed"}]
        assert len(_only(retries=1, retryAttempts=attempts)["attempts"]) == 2

    def test_retries_that_are_only_allowed_make_nothing_flaky(self):
        """The reporter of Vitest writes what is allowed."""
        assert "flaky" not in _only(retries=2)["metadata"]
        assert _only(retries=1, flaky=True)["metadata"]["flaky"] is True

    def test_files_of_attempts_are_told_apart(self):
        attempts = [
            {"status": "failed", "trace": "one", "stdout": ["out"]},
            {"status": "failed", "trace": "two"},
        ]
        assert _files(status="failed", trace="three", retries=2, retryAttempts=attempts) == {
            "traceback.log": b"three",
            "attempt-1/traceback.log": b"one",
            "attempt-1/system-out.log": b"out\n",
            "attempt-2/traceback.log": b"two",
        }


class TestTexts:
    def test_trace_without_its_message_gets_it(self):
        assert _files(status="failed", message="Error: no", trace="at a.js") == {
            "traceback.log": b"Error: no\n\nat a.js"
        }

    def test_trace_with_its_message_is_left_as_it_is(self):
        assert _files(status="failed", message="no", trace="Error: no\nat a.js") == {
            "traceback.log": b"Error: no\nat a.js"
        }

    def test_colours_are_taken_out(self):
        body = _only(status="failed", message="\x1b[31mError\x1b[39m: \x1b]8;;http://x\x07no")
        assert body["metadata"]["message"] == "Error: no"

    def test_lines_of_output_end_once(self):
        assert _files(stdout=["a\n", "b", 7], stderr="c") == {
            "system-out.log": b"a\nb\n",
            "system-err.log": b"c\n",
        }

    @pytest.mark.parametrize("data", ["iVBORw0KGgo=", "data:image/png;base64,iVBORw0KGgo=", "iVBO\nRw0KGgo="])
    def test_screenshot_is_a_file(self, data):
        assert _files(screenshot=data) == {"screenshot.png": b"\x89PNG\r\n\x1a\n"}

    def test_reason_of_a_skip(self):
        assert _only(status="skipped", message="not here")["metadata"]["skip_reason"] == "not here"


def test_labels_and_extra_are_metadata_that_cannot_hide_the_own_fields():
    body = _only(
        filePath="a.js",
        labels={"fspath": "b.js", "component": 7, "owners": ["x", {}], "none": None},
        extra={"ticket": "T-1", "deep": {"a": 1}},
    )
    assert body["metadata"] == {"fspath": "a.js", "component": "7", "owners": ["x"], "ticket": "T-1"}


def test_parameters_are_those_of_the_result():
    assert _only(parameters={"price": 1.5, "deep": {}})["params"] == {"price": 1.5}


class TestRun:
    def test_environment_may_stand_behind_the_tests(self):
        document = b'{"reportId": "8C1F7C1E-6f0a-4a3e-9c55-3a1c2b9f0d11", "results": {"tests": [],'
        document += b'"summary": {"start": 1700000000000, "stop": 1700000005000}, "tool": {"name": "x"},'
        document += (
            b'"environment": {"testEnvironment": "qa", "buildNumber": 4, "extra": {"project": "shop"}}}}'
        )
        [run] = ctrf.parse(io.BytesIO(document), "ctrf.json")
        assert run.project == "shop"
        assert run.body == {
            "id": "8c1f7c1e-6f0a-4a3e-9c55-3a1c2b9f0d11",
            "start_time": "2023-11-14T22:13:20+00:00",
            "duration": 5,
            "source": None,
            "metadata": {
                "testEnvironment": "qa",
                "buildNumber": 4,
                "project": "shop",
                "env": "qa",
                "tool": "x",
            },
        }

    def test_duration_that_is_said_is_that_of_the_run(self):
        summary = {"start": 1_700_000_000_000, "stop": 1_700_000_005_000, "duration": 4000}
        assert _parse(summary=summary)[-1].body["duration"] == 4

    @pytest.mark.parametrize("id_", [None, "7", 7, ["8c1f7c1e-6f0a-4a3e-9c55-3a1c2b9f0d11"]])
    def test_id_that_is_no_uuid_is_none(self, id_):
        content = orjson.dumps({"reportId": id_, "results": {"tests": []}})
        [run] = ctrf.parse(io.BytesIO(content), "ctrf.json")
        assert run.body["id"] is None


def test_names_of_members_hold_only_what_can_be_stored():
    run = _parse(environment={"a\0b": "x"})[-1]
    assert run.body["metadata"] == {"a\ufffdb": "x"}
