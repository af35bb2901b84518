"""TRX: odd documents, definitions at either end, rows, attempts, and its limits."""

import io
import tracemalloc

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report, trx
from ibutsu_server.importers.trx_case import span

pytestmark = pytest.mark.unit

NAMESPACE = 'xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"'
DEFINITION = '<UnitTest id="a"><TestMethod className="N.C" name="T"/></UnitTest>'


def _document(results, definitions=DEFINITION, after=""):
    told = f"<Results>{results}</Results><TestDefinitions>{definitions}</TestDefinitions>{after}"
    return f"<TestRun {NAMESPACE}>{told}</TestRun>".encode()


def _parse(content):
    return list(trx.parse(io.BytesIO(content), "a.trx"))


def _result(outcome="Passed", inside="", attributes='testId="a" testName="T"'):
    said = f'outcome="{outcome}"' if outcome else ""
    return f"<UnitTestResult {attributes} {said}>{inside}</UnitTestResult>"


def _bodies(content):
    return [part.body for part in _parse(content) if isinstance(part, report.Result)]


def _files(content):
    parts = _parse(content)
    return {part.filename: b"".join(part.content).decode() for part in parts if isinstance(part, report.File)}


def _warnings(content):
    return [part.text for part in _parse(content) if isinstance(part, report.Warned)]


def _run(content):
    return next(part.body for part in _parse(content) if isinstance(part, report.Run))


def test_is_known_by_its_namespace_or_its_name():
    assert importers.recognise(_document(""), "results.xml") == "trx"
    assert importers.recognise(b"<TestRun/>", "results.TRX") == "trx"
    assert importers.recognise(b"<TestRun/>", "results.xml") != "trx"


def test_other_document_is_refused_by_its_root():
    with pytest.raises(Invalid, match=r"line 1: the root is <html>"):
        _parse(b"<html/>")


def test_class_comes_from_the_definition_behind_the_results():
    assert _bodies(_document(_result()))[0]["test_id"] == "N.C.T"


def test_class_comes_from_the_definition_before_the_results():
    content = (
        f"<TestRun><TestDefinitions>{DEFINITION}</TestDefinitions><Results>{_result()}</Results></TestRun>"
    )
    assert _bodies(content.encode())[0]["test_id"] == "N.C.T"


def test_test_without_definition_is_known_by_its_name():
    assert _bodies(_document(_result(), definitions=""))[0]["test_id"] == "T"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("Passed", "passed"),
        ("PassedButRunAborted", "passed"),
        ("Completed", "passed"),
        ("Warning", "passed"),
        ("Failed", "failed"),
        ("Error", "error"),
        ("Timeout", "error"),
        ("Aborted", "error"),
        ("Disconnected", "error"),
        ("NotRunnable", "error"),
        ("InProgress", "error"),
        ("Inconclusive", "skipped"),
        ("NotExecuted", "skipped"),
        ("Pending", "skipped"),
        ("passed", "passed"),
        ("", "error"),
    ],
)
def test_outcome_has_its_result(outcome, expected):
    assert _bodies(_document(_result(outcome)))[0]["result"] == expected


def test_unknown_outcome_is_an_error_and_said():
    assert _warnings(_document(_result("Exploded"))) == [
        "result 1 (T): its outcome is 'Exploded', which counts as an error"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00:01.2345678", 1.2345678),
        ("1.02:03:04", 93784.0),
        ("00:00:01,5", 1.5),
        ("2.5", 2.5),
        ("0,004", 0.004),
        ("-00:00:01", None),
        ("soon", None),
        ("9" * 20 + ".00:00:01", None),
    ],
)
def test_duration_is_read_as_dotnet_writes_it(text, expected):
    assert span(text) == expected


def test_duration_that_is_missing_is_between_start_and_end():
    times = 'startTime="2024-03-05T15:00:00+01:00" endTime="2024-03-05T15:00:02.5+01:00"'
    [body] = _bodies(_document(_result(attributes=f'testName="T" {times}')))
    assert (body["duration"], body["start_time"]) == (2.5, "2024-03-05T14:00:00+00:00")


def test_first_year_of_all_is_no_time():
    [body] = _bodies(_document(_result(attributes='startTime="0001-01-01T00:00:00.0000000+00:00"')))
    assert body["start_time"] is None


def test_rows_are_results_and_what_holds_them_is_none():
    rows = "".join(
        _result(name, attributes=f'testName="T (Data Row {name})"') for name in ("Passed", "Failed")
    )
    content = _document(_result("Failed", f"<InnerResults>{rows}</InnerResults>"))
    assert [body["result"] for body in _bodies(content)] == ["passed", "failed"]


def test_failure_that_no_row_tells_of_is_a_result_as_well():
    content = _document(_result("Failed", f"<InnerResults>{_result()}</InnerResults>"))
    assert [body["result"] for body in _bodies(content)] == ["passed", "failed"]


def test_rows_that_are_nested_too_deeply_are_left_out_and_said():
    content = _result()
    for _ in range(10):
        content = _result("Passed", f"<InnerResults>{content}</InnerResults>")
    assert "nested too deeply" in _warnings(_document(content))[0]


def test_test_that_failed_before_was_tried_again():
    other = _result(attributes='testId="b" testName="U"')
    told = {body["test_id"]: body for body in _bodies(_document(_result("Failed") + other + _result()))}
    assert [one["result"] for one in told["N.C.T"]["attempts"]] == ["failed", "passed"]
    assert told["N.C.T"]["metadata"]["flaky"] is True


def test_test_that_passed_before_is_another_one():
    assert len(_bodies(_document(_result() + _result("Failed")))) == 2


def test_files_of_earlier_attempts_are_told_apart():
    failed = _result("Failed", "<Output><ErrorInfo><Message>one</Message></ErrorInfo></Output>")
    again = _result("Failed", "<Output><ErrorInfo><Message>two</Message></ErrorInfo></Output>")
    assert _files(_document(failed + again)) == {"attempt-1 traceback.log": "one", "traceback.log": "two"}


def test_properties_cannot_spoil_a_result():
    pairs = "".join(f"<Property><Key>env</Key><Value>{text}</Value></Property>" for text in ("qa", "dev"))
    definition = f'<UnitTest id="a"><Properties>{pairs}</Properties></UnitTest>'
    assert _bodies(_document(_result(), definition))[0]["metadata"]["env"] == "qa, dev"


def test_what_the_run_complains_about_becomes_warnings():
    info = '<RunInfos><RunInfo outcome="Error"><Text>crashed</Text></RunInfo></RunInfos>'
    content = _document("", after=f"<ResultSummary>{info}</ResultSummary>")
    assert _warnings(content) == ["The run says: Error: crashed"]


def test_run_has_the_id_of_the_file_if_that_is_one():
    id_ = "7c2b3b0e-8c5c-4f0c-9a2f-6a3c5d9f2e11"
    assert _run(f'<TestRun id="{id_}"/>'.encode())["id"] == id_
    assert _run(b'<TestRun id="mine"/>')["id"] is None


class _Endless(io.RawIOBase):
    """A document of so many results and definitions, made while it is read."""

    def __init__(self, count):
        self._pieces = self._made(count)

    def read(self, _size=-1):
        return next(self._pieces, b"")

    def _made(self, count):
        yield b"<TestRun><Results>"
        for number in range(count):
            yield _result(attributes=f'testId="{number}" testName="T{number}"').encode()
        yield b"</Results><TestDefinitions>"
        for number in range(count):
            yield f'<UnitTest id="{number}"><TestMethod className="N.C{number}"/></UnitTest>'.encode()
        yield b"</TestDefinitions></TestRun>"


def test_memory_does_not_grow_with_the_number_of_results():
    tracemalloc.start()
    parts = trx.parse(_Endless(5000), "a.trx")
    ids = [part.body["test_id"] for part in parts if isinstance(part, report.Result)][-1:]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (ids, peak < 1_000_000) == (["N.C4999.T4999"], True)
