"""XML of xUnit.net: odd documents, names, attempts, attachments, errors outside of tests, and its limits."""

import io

import pytest
from helpers.parts import bodies, contents, results_and_peak, warnings

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import xunit

pytestmark = pytest.mark.unit


def _document(content, assembly='name="/w/a.dll" run-date="2024-01-15" run-time="10:30:00"'):
    inside = f"<collection name='c'>{content}</collection>"
    return f"<assemblies><assembly {assembly}>{inside}</assembly></assemblies>".encode()


def _parse(content):
    return list(xunit.parse(io.BytesIO(content), "x.xml"))


def _test(name="N.C.T", result="Pass", inside="", attributes='type="N.C" method="T" time="0.5"'):
    return f"<test name='{name}' result='{result}' {attributes}>{inside}</test>"


def _only(content):
    [body] = bodies(_parse(_document(content)))
    return body


def _failure(message):
    return f"<failure exception-type='E'><message>{message}</message></failure>"


def test_manifest_of_windows_is_no_report():
    manifest = b'<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0"/>'
    assert importers.recognise(manifest, "app.manifest") is None


def test_other_document_is_refused_by_its_root():
    with pytest.raises(Invalid, match=r"line 1: the root is <html>"):
        _parse(b"<html/>")


@pytest.mark.parametrize(
    ("result", "expected"),
    [("Pass", "passed"), ("Fail", "failed"), ("Skip", "skipped"), ("NotRun", "skipped"), ("", "error")],
)
def test_result_has_its_outcome(result, expected):
    assert _only(_test(result=result))["result"] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("N.C.T", "N.C.T"),
        ("N.C.T(x: 1)", "N.C.T(x: 1)"),
        ("T(x: 1)", "N.C.T(x: 1)"),
        ("adds two numbers", "N.C.T"),
        ("adds(x: 1)", "N.C.T(x: 1)"),
        ("", "N.C.T"),
    ],
)
def test_id_is_class_and_method_however_a_test_is_displayed(name, expected):
    assert _only(_test(name))["test_id"] == expected


def test_test_without_class_and_method_is_known_by_its_name():
    assert _only(_test("works", attributes=""))["test_id"] == "works"


def test_arguments_become_parameters_of_their_names():
    name = "N.C.T(x: 1, y: &quot;a, b: c&quot;, z: [1, 2])"
    assert _only(_test(name))["params"] == {"x": "1", "y": '"a, b: c"', "z": "[1, 2]"}


def test_line_breaks_of_a_message_are_given_back():
    message = r"Assert.Equal() Failure\r\nExpected: C:\\tmp\r\nActual:   4"
    said = _only(_test(result="Fail", inside=_failure(message)))["metadata"]["message"]
    assert said == "Assert.Equal() Failure\nExpected: C:\\tmp\nActual:   4"


def test_path_in_a_message_stays_as_it_is():
    said = _only(_test(result="Fail", inside=_failure(r"no C:\temp\new.txt")))["metadata"]["message"]
    assert said == r"no C:\temp\new.txt"


def test_test_that_failed_and_comes_right_again_was_tried_twice():
    [body] = bodies(_parse(_document(_test(result="Fail", inside=_failure("no")) + _test())))
    assert [one["result"] for one in body["attempts"]] == ["failed", "passed"]


@pytest.mark.parametrize(
    "tests",
    [
        _test() + _test(),
        _test("N.C.T(s: &quot;aaa&quot;...)", "Fail") + _test("N.C.T(s: &quot;aaa&quot;...)"),
        _test(result="Fail", attributes="id='1'") + _test(attributes="id='2'"),
        _test(result="Fail") + _test("N.C.U") + _test(),
    ],
    ids=["passed before", "shortened name", "other id", "not right after"],
)
def test_others_of_the_same_name_are_results_of_their_own(tests):
    assert all("attempts" not in body for body in bodies(_parse(_document(tests))))


def test_attempts_without_end_are_one_result():
    [body] = bodies(_parse(_document(_test(result="Fail", inside=_failure("no")) * 300)))
    assert len(body["attempts"]) == 100


def test_attachment_cannot_pass_for_a_file_of_ours():
    attachment = "<attachments><attachment name='../traceback.log'>x</attachment></attachments>"
    assert contents(_parse(_document(_test(inside=attachment)))) == {".._traceback.log": b"x"}


def test_damaged_attachment_is_left_out_and_said():
    inside = "<attachments><attachment name='a' media-type='image/png'>é</attachment></attachments>"
    parts = _parse(_document(_test(inside=inside)))
    assert warnings(parts) == ["test 1 (N.C.T): the attachment 'a' is damaged"]


def test_errors_outside_of_tests_are_results():
    error = (
        "<errors><error type='assembly-cleanup'><failure exception-type='E'><message>no</message></failure>"
    )
    content = f"<assemblies><assembly name='/w/a.dll'>{error}</error></errors></assembly></assemblies>"
    [body] = bodies(_parse(content.encode()))
    assert (body["test_id"], body["result"]) == ("a.dll (assembly-cleanup)", "error")


def test_start_is_that_of_the_assembly():
    assert _only(_test())["start_time"] == "2024-01-15T10:30:00+00:00"


def test_odd_times_count_as_none():
    content = _document(_test(attributes='time="soon"'), 'run-date="15.01.2024" run-time="x"')
    [body] = bodies(_parse(content))
    assert (body["start_time"], body["duration"]) == (None, 0.0)


def test_memory_does_not_grow_with_the_number_of_tests():
    tests = [_test().encode() * 100] * 100
    count, peak = results_and_peak(
        xunit.parse, [b"<assemblies><assembly><collection>", *tests, b"</collection></assembly></assemblies>"]
    )
    assert (count, peak < 1_000_000) == (10_000, True)
