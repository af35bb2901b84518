"""XML of NUnit: odd documents, outcomes, failures of suites, names with arguments, and its limits."""

import io

import pytest
from helpers.parts import bodies, contents, results_and_peak, warnings

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import nunit, report, xml_tree

pytestmark = pytest.mark.unit


def _document(content, suite='type="Assembly" name="a.dll"'):
    return f"<test-run><test-suite {suite}>{content}</test-suite></test-run>".encode()


def _parse(content):
    return list(nunit.parse(io.BytesIO(content), "TestResult.xml"))


def _case(attributes='result="Passed"', inside="", name="T", fullname="N.C.T"):
    return f"<test-case name='{name}' fullname='{fullname}' {attributes}>{inside}</test-case>"


def _only(content):
    [body] = bodies(_parse(_document(content)))
    return body


def test_is_known_by_its_root():
    assert importers.recognise(b"\xef\xbb\xbf<?xml version='1.0'?>\n<test-run>", "x.xml") == "nunit"
    assert importers.recognise(b"<test-results name='a'>", "x.xml") == "nunit"


def test_other_document_is_refused_by_its_root():
    with pytest.raises(Invalid, match=r"line 1: the root is <html>"):
        _parse(b"<html/>")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('result="Passed"', "passed"),
        ('result="Warning"', "passed"),
        ('result="Failed"', "failed"),
        ('result="Failed" label="Error"', "error"),
        ('result="Failed" label="Invalid"', "error"),
        ('result="Failed" site="SetUp"', "error"),
        ('result="Failed" site="Parent"', "error"),
        ('result="Failed" site="Test"', "failed"),
        ('result="Skipped" label="Ignored"', "skipped"),
        ('result="Inconclusive"', "skipped"),
        ('executed="False"', "skipped"),
        ("", "error"),
        ('result="Exploded"', "error"),
    ],
)
def test_result_label_and_site_give_the_outcome(attributes, expected):
    assert _only(_case(attributes))["result"] == expected


def test_unknown_result_is_said():
    parts = _parse(_document(_case('result="Exploded"')))
    assert warnings(parts) == ["case 1 (N.C.T): its result is 'Exploded', which counts as an error"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("T(1,&quot;a,b&quot;)", {"arg0": "1", "arg1": '"a,b"'}),
        ("T([1, 2],(3, 4))", {"arg0": "[1, 2]", "arg1": "(3, 4)"}),
        ("T(&quot;x)&quot;)", {"arg0": '"x)"'}),
        ("T&lt;Int32&gt;(null)", {"arg0": "null"}),
        ("T", {}),
        ("works on a good day (mostly)", {}),
        ("T(", {}),
    ],
)
def test_arguments_in_a_name_become_parameters(name, expected):
    assert _only(_case(name=name))["params"] == expected


def test_duration_may_have_the_comma_of_its_country():
    assert _only(_case('result="Passed" duration="0,125"'))["duration"] == 0.125


def test_case_without_a_start_began_with_its_suite():
    content = _document(_case(), 'start-time="2024-03-05 14:00:00Z"')
    assert bodies(_parse(content))[0]["start_time"] == "2024-03-05T14:00:00+00:00"


def test_properties_of_suites_belong_to_their_cases():
    outer = "<properties><property name='Category' value='A'/><property name='k' value='1'/></properties>"
    inner = "<properties><property name='Category' value='B'/></properties>"
    assert _only(outer + _case(inside=inner))["metadata"] == {"k": "1", "tags": ["A", "B"]}


def test_teardown_of_a_suite_that_failed_is_an_error():
    suite = 'result="Failed" site="TearDown" fullname="N.C"'
    found = bodies(_parse(_document(_case() + "<failure><message>no</message></failure>", suite)))
    assert [(body["test_id"], body["result"]) for body in found] == [
        ("N.C.T", "passed"),
        ("N.C (TearDown)", "error"),
    ]


def test_setup_of_a_suite_that_failed_is_told_by_its_cases_only():
    suite = 'result="Failed" site="SetUp" fullname="N.C"'
    content = _document("<failure><message>no</message></failure>" + _case('result="Failed"'), suite)
    assert len(bodies(_parse(content))) == 1


def test_all_failed_assertions_have_their_traces():
    traces = "".join(
        f"<assertion result='Failed'><stack-trace>at {name}</stack-trace></assertion>" for name in "ab"
    )
    failure = "<failure><message>two</message><stack-trace>at a</stack-trace></failure>"
    parts = _parse(_document(_case('result="Failed"', f"{failure}<assertions>{traces}</assertions>")))
    assert list(contents(parts).values()) == [b"two\nat a\n\nat b"]


def test_environment_cannot_spoil_the_run():
    parts = _parse(b"<test-run><environment env='x' project='y' platform='Linux'/></test-run>")
    [run] = [part for part in parts if isinstance(part, report.Run)]
    assert run.body["metadata"] == {
        "tool": "NUnit",
        "nunit_env": "x",
        "nunit_project": "y",
        "platform": "Linux",
    }


def test_long_id_is_cut_and_still_tells_tests_apart():
    ids = [_only(_case(fullname="N" * 5000 + end))["test_id"] for end in "ab"]
    assert ids[0] != ids[1]
    assert max(len(id_.encode()) for id_ in ids) <= 2048


def test_endless_text_is_cut(monkeypatch):
    monkeypatch.setattr(xml_tree, "TEXT_CHARACTERS", 1000)
    parts = _parse(_document(_case(inside=f"<output>{'x' * 500_000}</output>")))
    assert list(contents(parts).values()) == [b"x" * 1000 + b"\n[the rest was left out]"]


def test_case_of_endless_elements_is_cut(monkeypatch):
    monkeypatch.setattr(xml_tree, "ELEMENTS", 10)
    inside = "<properties>" + "<property name='a' value='b'/>" * 1000 + "</properties>"
    assert len(_only(_case(inside=inside))["metadata"]["a"]) == 9


def test_memory_does_not_grow_with_the_number_of_cases():
    cases = [_case().encode() * 100] * 100
    count, peak = results_and_peak(
        nunit.parse, [b"<test-run><test-suite>", *cases, b"</test-suite></test-run>"]
    )
    assert (count, peak < 1_000_000) == (10_000, True)
