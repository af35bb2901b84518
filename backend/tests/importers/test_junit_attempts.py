"""JUnit XML that tells of a test several times: one result with its attempts, or results of their own."""

import io

import pytest

from ibutsu_server.importers import attempts, junit, junit_repeats, report

pytestmark = pytest.mark.unit

FAILED = "<failure message='no'>trace {}</failure>"


def _parse(*suites):
    return list(junit.parse(io.BytesIO(f"<testsuites>{''.join(suites)}</testsuites>".encode()), "junit.xml"))


def _suite(*children, name="S"):
    return f"<testsuite name='{name}'>{''.join(children)}</testsuite>"


def _case(name, child="", time="1"):
    return f"<testcase classname='C' name='{name}' time='{time}'>{child}</testcase>"


def _results(parts):
    results = [part for part in parts if isinstance(part, report.Result)]
    return sorted(results, key=lambda part: int(part.key))


def _told(parts):
    """By test and in the order of the file: how it ended, and how its attempts did."""
    bodies = [part.body for part in _results(parts)]
    return [
        (body["test_id"], body["result"], [one["result"] for one in body.get("attempts", ())])
        for body in bodies
    ]


def _files(parts):
    return {
        (part.key, part.name): b"".join(part.content).decode()
        for part in parts
        if isinstance(part, report.File)
    }


class TestElementsOfAttempts:
    FLAKY = (
        "<flakyFailure type='a.B' message='first' time='2' timestamp='2024-01-01T00:00:00Z'>"
        "<stackTrace>trace 1</stackTrace><system-out>out 1</system-out></flakyFailure>"
        "<flakyError type='a.C'>trace 2<system-err>err 2</system-err></flakyError>"
        "<system-out>out 3</system-out>"
    )
    RERUN = (
        "<failure message='first'>trace 1</failure><system-out>out 1</system-out>"
        "<rerunFailure message='second'><stackTrace>trace 2</stackTrace></rerunFailure>"
        "<rerunError message='third' time='5'><stackTrace>trace 3</stackTrace></rerunError>"
    )

    def test_flaky_ones_come_before_the_success(self):
        parts = _parse(_suite(_case("a", self.FLAKY)))
        body = _results(parts)[0].body
        assert _told(parts) == [("C.a", "passed", ["failed", "error", "passed"])]
        assert (body["metadata"]["attempts"], body["metadata"]["flaky"], body["duration"]) == (3, True, 1)
        assert body["attempts"][0] == {
            "result": "failed",
            "duration": 2,
            "start_time": "2024-01-01T00:00:00+00:00",
            "exception_name": "a.B",
            "message": "first",
            "short_tb": "trace 1",
        }

    def test_rerun_ones_come_after_the_failure_and_the_last_one_speaks(self):
        parts = _parse(_suite(_case("a", self.RERUN)))
        body = _results(parts)[0].body
        assert _told(parts) == [("C.a", "error", ["failed", "failed", "error"])]
        assert (body["metadata"]["message"], body["duration"]) == ("third", 5)
        assert "flaky" not in body["metadata"]

    def test_last_attempt_that_says_no_duration_has_that_of_the_case(self):
        rerun = "<failure>one</failure><rerunFailure><stackTrace>two</stackTrace></rerunFailure>"
        assert _results(_parse(_suite(_case("a", rerun, time="3"))))[0].body["duration"] == 3

    def test_texts_are_files_of_their_attempt(self):
        assert _files(_parse(_suite(_case("a", self.FLAKY), _case("b", self.RERUN)))) == {
            ("0", "attempt-1/traceback.log"): "trace 1",
            ("0", "attempt-1/system-out.log"): "out 1",
            ("0", "attempt-2/traceback.log"): "trace 2",
            ("0", "attempt-2/system-err.log"): "err 2",
            ("0", "system-out.log"): "out 3",
            ("1", "attempt-1/traceback.log"): "trace 1",
            ("1", "attempt-1/system-out.log"): "out 1",
            ("1", "attempt-2/traceback.log"): "trace 2",
            ("1", "traceback.log"): "trace 3",
        }


class TestRepeatedCases:
    def test_failed_case_that_comes_again_is_one_result(self):
        parts = _parse(_suite(_case("a", FAILED.format(1)), _case("b"), _case("a", "<error/>"), _case("a")))
        assert _told(parts) == [("C.a", "passed", ["failed", "error", "passed"]), ("C.b", "passed", [])]
        assert _files(parts) == {("0", "attempt-1/traceback.log"): "trace 1"}

    def test_case_that_comes_again_after_it_passed_is_another_result(self):
        parts = _parse(_suite(_case("a"), _case("a"), _case("a", FAILED), _case("a"), _case("a")))
        assert _told(parts) == [
            ("C.a", "passed", []),
            ("C.a", "passed", []),
            ("C.a", "passed", ["failed", "passed"]),
            ("C.a", "passed", []),
        ]

    def test_other_suites_repeat_nothing(self):
        inner = _suite(_case("a"), name="inner")
        parts = _parse(_suite(_case("a", FAILED), inner, _case("b")), _suite(_case("a")))
        assert _told(parts) == [
            ("C.a", "failed", []),
            ("C.a", "passed", []),
            ("C.b", "passed", []),
            ("C.a", "passed", []),
        ]

    def test_case_is_repeated_behind_an_inner_suite(self):
        inner = _suite(_case("a", FAILED), _case("b", FAILED), name="inner")
        parts = _parse(_suite(_case("a", FAILED), inner, _case("a")))
        assert _told(parts) == [
            ("C.a", "passed", ["failed", "passed"]),
            ("C.a", "failed", []),
            ("C.b", "failed", []),
        ]

    def test_cases_without_a_name_are_never_the_same(self):
        assert len(_results(_parse(_suite(_case("", FAILED), _case(""))))) == 2

    def test_only_the_last_failed_cases_wait(self, monkeypatch):
        monkeypatch.setattr(junit_repeats, "WAITING", 2)
        parts = _parse(_suite(*(_case(name, FAILED) for name in "abc"), _case("a"), _case("b")))
        assert _told(parts) == [
            ("C.a", "failed", []),
            ("C.b", "passed", ["failed", "passed"]),
            ("C.c", "failed", []),
            ("C.a", "passed", []),
        ]

    def test_only_so_much_text_waits(self, monkeypatch):
        monkeypatch.setattr(junit_repeats, "WAITING_CHARACTERS", 100)
        long = f"<failure>{'x' * 80}</failure>"
        parts = _parse(_suite(_case("a", long), _case("b", long), _case("a"), _case("b")))
        assert _told(parts) == [
            ("C.a", "failed", []),
            ("C.b", "passed", ["failed", "passed"]),
            ("C.a", "passed", []),
        ]

    def test_endless_attempts_become_several_results(self, monkeypatch):
        monkeypatch.setattr(attempts, "MOST", 3)
        counts = [len(found) for _, _, found in _told(_parse(_suite(*[_case("a", FAILED)] * 7)))]
        assert counts == [3, 3, 0]


class TestPytest:
    def test_case_that_looks_passed_and_comes_again_had_failed(self):
        cases = _case("a"), _case("b"), _case("a"), _case("a", FAILED), _case("b"), _case("c")
        assert _told(_parse(_suite(*cases, name="pytest"))) == [
            ("C.a", "failed", ["failed", "failed", "failed"]),
            ("C.b", "passed", ["failed", "passed"]),
            ("C.c", "passed", []),
        ]

    def test_error_on_teardown_of_a_failed_test_belongs_to_the_failure(self):
        teardown = "<error message='failed on teardown with \"X\"'>trace 2</error>"
        parts = _parse(_suite(_case("a", FAILED.format(1)), _case("a", teardown), name="pytest"))
        assert _told(parts) == [("C.a", "failed", [])]
        assert _files(parts) == {("0", "traceback.log"): "trace 1\n\ntrace 2"}
