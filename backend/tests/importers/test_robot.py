"""output.xml of Robot Framework: odd documents, what listeners and rebot make of retries, and its limits."""

import io
import tracemalloc

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report, robot, robot_steps

pytestmark = pytest.mark.unit

SUITE = '<suite name="Root" source="/w/tests"><suite name="Login" source="/w/tests/login.robot">'


def _document(content, generator="Robot 7.3.2 (Python 3.11.7 on linux)"):
    return f'<robot generator="{generator}" schemaversion="5">{content}</robot>'.encode()


def _parse(content):
    return list(robot.parse(io.BytesIO(content), "output.xml"))


def _of(*tests, after=""):
    return _parse(_document(f"{SUITE}{''.join(tests)}{after}</suite></suite>"))


def _test(name="T", status="PASS", message="", inside=""):
    return f'<test name="{name}">{inside}<status status="{status}" elapsed="1.5">{message}</status></test>'


def _bodies(parts):
    return [part.body for part in parts if isinstance(part, report.Result)]


def _files(parts):
    return {part.filename: b"".join(part.content).decode() for part in parts if isinstance(part, report.File)}


def _run(content):
    return next(part.body for part in _parse(content) if isinstance(part, report.Run))


def test_model_of_a_robot_is_no_report():
    assert importers.recognise(b'<robot name="r2d2"><link name="arm"/></robot>', "r2d2.xml") != "robot"


def test_other_document_is_refused_by_its_root():
    with pytest.raises(Invalid, match=r"line 1: the root is <html>"):
        _parse(b"<html/>")


def test_document_that_is_cut_off_is_refused_with_its_line():
    with pytest.raises(Invalid, match="line 2"):
        _parse(b'<robot generator="Robot 7">\n<suite name="S"><test name="T">')


def test_document_without_a_suite_is_an_empty_run():
    assert _bodies(_parse(_document(""))) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{SUITE}{_test()}</suite></suite>", "Login.T"),
        (f'<suite name="Login">{_test()}</suite>', "Login.T"),
        (f'<suite name="Login &amp; Cart"><suite name="Login">{_test()}</suite></suite>', "Login.T"),
    ],
    ids=["of a folder", "of one file", "of several files"],
)
def test_test_has_the_same_id_however_it_is_run(content, expected):
    assert [body["test_id"] for body in _bodies(_parse(_document(content)))] == [expected]


def test_source_is_told_from_the_folder_of_the_run():
    assert _bodies(_of(_test()))[0]["metadata"]["fspath"] == "tests/login.robot"


def test_source_of_windows_is_told_with_slashes():
    suite = r'<suite name="R" source="C:\w\tests"><suite name="S" source="C:\w\tests\a.robot">'
    [body] = _bodies(_parse(_document(f"{suite}{_test()}</suite></suite>")))
    assert body["metadata"]["fspath"] == "tests/a.robot"


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        ("PASS", "", "passed"),
        ("FAIL", "1 != 2", "failed"),
        ("SKIP", "", "skipped"),
        ("NOT RUN", "", "skipped"),
        ("", "", "error"),
        ("FAIL", "Setup failed:\nno", "error"),
        ("FAIL", "Teardown failed:\nno", "error"),
        ("FAIL", "no\n\nAlso teardown failed:\nno", "failed"),
        ("FAIL", "Parent suite setup failed:\nno", "error"),
    ],
)
def test_status_and_message_give_the_outcome(status, message, expected):
    assert _bodies(_of(_test("T", status, message)))[0]["result"] == expected


def test_failures_that_were_expected_are_not_in_the_traceback():
    caught = '<try><branch type="TRY"><kw name="Caught"><status status="FAIL"/></kw><status status="FAIL"/>'
    inside = f'{caught}</branch><status status="PASS"/></try><kw name="Real"><status status="FAIL"/></kw>'
    assert _files(_of(_test("T", "FAIL", "no", inside)))["traceback.log"] == "no\n\nReal"


def test_passed_tests_have_no_log():
    inside = '<kw name="Log"><msg time="1" level="INFO">hello</msg><status status="PASS"/></kw>'
    assert _files(_of(_test(inside=inside))) == {}


def test_failed_suite_teardown_fails_the_tests_before_it():
    after = '<kw name="Fail" type="TEARDOWN"><status status="FAIL"/></kw>'
    status = '<status status="FAIL">Suite teardown failed:\nno way</status>'
    [body] = _bodies(_of(_test(), after=after + status))
    assert (body["result"], body["metadata"]["message"]) == ("error", "Parent suite teardown failed:\nno way")


def test_failed_suite_teardown_of_another_suite_changes_nothing():
    torn = f'<suite name="Torn">{_test("A")}<kw type="TEARDOWN" name="k"><status status="FAIL"/></kw></suite>'
    content = f'<suite name="Root">{torn}<suite name="Fine">{_test("B")}</suite></suite>'
    outcomes = {body["test_id"]: body["result"] for body in _bodies(_parse(_document(content)))}
    assert outcomes == {"Torn.A": "error", "Fine.B": "passed"}


def test_rebot_has_applied_failed_suite_teardowns_already():
    torn = f'<suite name="S">{_test()}<kw type="TEARDOWN" name="k"><status status="FAIL"/></kw></suite>'
    assert _bodies(_parse(_document(torn, "Rebot 7.3.2 (Python 3.11.7 on linux)")))[0]["result"] == "passed"


def test_skip_in_suite_teardown_skips_the_tests_before_it():
    after = '<kw name="Skip" type="TEARDOWN"><status status="SKIP"/></kw>'
    status = '<status status="SKIP">Skipped in suite teardown:\nno licence</status>'
    [body] = _bodies(_of(_test(), after=after + status))
    assert body["metadata"]["skip_reason"] == "Skipped in parent suite teardown:\nno licence"


def test_attempts_that_retryfailed_left_in_the_file_are_one_result():
    first = _test("T", "SKIP", "try 1\nSkipped for Retry")
    [body] = _bodies(_of(first, _test("T", "PASS", "[RETRY] PASS on 1. retry.")))
    told = [(one["result"], one.get("message")) for one in body["attempts"]]
    assert told[0] == ("failed", "try 1")
    assert (body["result"], body["metadata"]["flaky"]) == ("passed", True)


def test_tests_of_the_same_name_are_results_of_their_own():
    assert len(_bodies(_of(_test("T", "FAIL"), _test("T")))) == 2


def test_html_of_a_message_is_told_as_text():
    [body] = _bodies(_of(_test("T", "FAIL", "*HTML* &lt;b&gt;1&lt;/b&gt; &amp;lt; 2")))
    assert body["metadata"]["message"] == "1 < 2"


def test_metadata_of_the_root_suite_is_that_of_the_run():
    meta = '<meta name="env">qa</meta><meta name="tool">mine</meta><meta name="run">mine</meta>'
    metadata = _run(_document(f'<suite name="S">{meta}</suite>'))["metadata"]
    assert (metadata["env"], metadata["tool"], "run" in metadata) == ("qa", "Robot Framework", False)


def test_complaints_of_robot_framework_become_warnings():
    errors = '<errors><msg time="1" level="ERROR">No library</msg><msg level="INFO">fine</msg></errors>'
    parts = _parse(_document(f'<suite name="S"/>{errors}'))
    assert [part.text for part in parts if isinstance(part, report.Warned)] == [
        "Robot Framework says: ERROR No library"
    ]


@pytest.mark.parametrize(
    "content",
    [
        "<test name='T'/>",
        "<kw name='k'/>",
        f"{SUITE}<test name='A'><test name='B'/><suite name='C'/></test></suite></suite>",
        f"{SUITE}<test><msg><msg/><kw/></msg><status><status/></status></test></suite></suite>",
        "<suite><test><status status='FAIL' starttime='N/A' endtime='N/A' elapsed='x'/></test></suite>",
    ],
    ids=["test alone", "keyword alone", "nested tests", "nested texts", "odd times"],
)
def test_odd_document_becomes_what_can_be_made_of_it(content):
    assert all(body["duration"] == 0.0 for body in _bodies(_parse(_document(content))))


def test_long_log_keeps_its_end_and_traceback_its_beginning():
    message = f'<kw name="k"><msg time="1" level="FAIL">{"x" * 60_000}</msg><status status="FAIL"/></kw>'
    last = '<kw name="last"><msg time="2" level="FAIL">the end</msg><status status="FAIL"/></kw>'
    files = _files(_of(_test("T", "FAIL", "no", message * 30 + last)))
    assert files["robot.log"].startswith("[the beginning was left out]")
    assert files["robot.log"].endswith("the end\n")
    assert len(files["traceback.log"]) < robot_steps.TRACE_CHARACTERS + 2 * robot_steps.MESSAGE_CHARACTERS


class _Endless(io.RawIOBase):
    """A document of so many tests, made while it is read."""

    def __init__(self, count):
        end = '<kw type="TEARDOWN" name="k"><status status="FAIL"/></kw></suite></suite></robot>'
        self._pieces = iter(
            [_document(SUITE)[: -len("</robot>")], *[_test().encode() * 100] * count, end.encode()]
        )

    def read(self, _size=-1):
        return next(self._pieces, b"")


def test_memory_does_not_grow_with_the_number_of_tests():
    tracemalloc.start()
    count = sum(isinstance(part, report.Result) for part in robot.parse(_Endless(100), "output.xml"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 1_000_000) == (10_000, True)


@pytest.mark.parametrize("message", ["*HTML*&amp;#{};b", "*HTML*&amp;#x{};b", "*HTML*&amp;#{}"])
def test_reference_without_end_is_no_character(message):
    [body] = _bodies(_of(_test("T", "FAIL", message.format("1" * 5000))))
    assert body["result"] == "failed"
