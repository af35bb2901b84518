"""JUnit XML of several writers: which results it becomes, and what is refused."""

import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import junit, junit_elements, report, xml
from ibutsu_server.importers.failures import exception_name
from ibutsu_server.importers.values import instant, last_part, seconds

pytestmark = pytest.mark.unit

SAMPLES = Path(__file__).parent / "samples" / "junit"


def _parse(content, name="junit.xml"):
    return list(junit.parse(io.BytesIO(content), name))


def _suite(*cases, attributes=""):
    return f"<testsuite name='S' {attributes}>{''.join(cases)}</testsuite>".encode()


def _bodies(parts):
    """In the order of the file; what may come again is told late."""
    results = [part for part in parts if isinstance(part, report.Result)]
    return [part.body for part in sorted(results, key=lambda part: int(part.key))]


def _only(content):
    return _bodies(_parse(content))[0]


def _run(content, name="junit.xml"):
    return next(part for part in _parse(content, name) if isinstance(part, report.Run))


def _files(parts):
    return {
        (part.key, part.filename): b"".join(part.content).decode()
        for part in parts
        if isinstance(part, report.File)
    }


TESTS = """
import pytest

class TestCart:
    @pytest.mark.parametrize("price", ["1.50", "a.b[c]"])
    def test_price(self, price):
        assert price == "1.50"

def test_prints(record_property):
    record_property("component", "cart")
    print("printed <&> \\x1b[31mred")

@pytest.fixture
def broken():
    raise LookupError("no cart")

def test_broken(broken):
    pass

@pytest.mark.skip(reason="not yet")
def test_skipped():
    pass

@pytest.mark.xfail(reason="known")
def test_known():
    assert 0

def test_division():
    1 / 0
"""


@pytest.fixture(scope="module", params=["xunit1", "xunit2"])
def by_pytest(request, tmp_path_factory):
    """What the real pytest writes of real tests."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "test_shop.py").write_text(TESTS)
    (folder / "pytest.ini").write_text(f"[pytest]\njunit_family = {request.param}\njunit_logging = all\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--junitxml=out.xml"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return _parse((folder / "out.xml").read_bytes())


class TestPytest:
    def test_every_test_is_there_with_its_outcome(self, by_pytest):
        assert {body["test_id"]: body["result"] for body in _bodies(by_pytest)} == {
            "TestCart.test_price[1.50]": "passed",
            "TestCart.test_price[a.b[c]]": "failed",
            "test_shop.test_prints": "passed",
            "test_shop.test_broken": "error",
            "test_shop.test_skipped": "skipped",
            "test_shop.test_known": "xfailed",
            "test_shop.test_division": "failed",
        }

    def test_reasons_are_in_the_metadata(self, by_pytest):
        found = {body["test_id"].partition(".")[2]: body["metadata"] for body in _bodies(by_pytest)}
        assert found["test_price[a.b[c]]"]["exception_name"] == "AssertionError"
        assert found["test_division"]["exception_name"] == "ZeroDivisionError"
        assert found["test_broken"]["exception_name"] == "LookupError"
        assert "division by zero" in found["test_division"]["message"]
        assert "1 / 0" in found["test_division"]["short_tb"]
        assert "not yet" in found["test_skipped"]["skip_reason"]
        assert found["test_known"]["xfail_reason"] == "known"

    def test_texts_are_files_of_their_result(self, by_pytest):
        keys = {part.body["test_id"]: part.key for part in by_pytest if isinstance(part, report.Result)}
        files = _files(by_pytest)
        assert "printed <&>" in files[keys["test_shop.test_prints"], "system-out.log"]
        assert "ZeroDivisionError" in files[keys["test_shop.test_division"], "traceback.log"]
        assert (keys["test_shop.test_skipped"], "traceback.log") not in files

    def test_run_starts_when_its_suite_does(self, by_pytest):
        run = by_pytest[-1]
        assert run.body["start_time"].startswith("20")
        assert {body["start_time"] for body in _bodies(by_pytest)} == {run.body["start_time"]}


# Small files in the words of their writers.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "surefire.xml",
            {"CartTest.adds": "passed", "CartTest.pays": "error", "CartTest.ships": "skipped"},
        ),
        (
            "jest.xml",
            {
                "Cart v1.2 adds an item of 1.50.Cart v1.2 adds an item of 1.50": "passed",
                "Cart pays.Cart pays": "failed",
            },
        ),
        (
            "gotest.xml",
            {
                "example.com/shop/cart.TestAdd/of_1.50": "passed",
                "example.com/shop/cart.TestPay": "failed",
            },
        ),
        ("nested.xml", {"Outer.a": "passed", "Inner.b": "failed", "Inner.c": "passed"}),
        ("namespace.xml", {"T.a": "passed"}),
    ],
)
def test_dialect_is_read(name, expected):
    parts = _parse((SAMPLES / name).read_bytes(), name)
    assert {body["test_id"]: body["result"] for body in _bodies(parts)} == expected


def test_surefire_says_types_and_durations_with_thousands():
    adds, pays, _ = _bodies(_parse((SAMPLES / "surefire.xml").read_bytes()))
    assert adds["duration"] == 1234.5
    assert pays["metadata"]["exception_name"] == "java.lang.IllegalStateException"
    assert pays["metadata"]["message"] == "no money"


def test_inner_suite_says_more_than_the_outer_one():
    outer, first, second = _bodies(_parse((SAMPLES / "nested.xml").read_bytes()))
    assert (outer["metadata"]["browser"], first["metadata"]["browser"]) == ("firefox", "chrome")
    assert second["metadata"]["browser"] == "safari"
    assert (outer["metadata"]["fspath"], first["metadata"]["fspath"]) == ("outer.py", "inner.py")
    assert first["start_time"] == "2024-01-15T11:00:00+00:00"


def test_output_of_a_suite_is_a_file_of_the_run():
    content = _suite("<testcase name='a'/>", "<system-out>all of it</system-out>")
    assert _files(_parse(content)) == {(None, "S system-out.log"): "all of it"}


class TestCases:
    @pytest.mark.parametrize(
        ("classname", "name", "test_id"),
        [
            ("tests.mod.T", "ok", "T.ok"),
            ("tests.mod.T", "pkg.ok", "T.ok"),
            ("tests.mod.T", "bad[a.b]", "T.bad[a.b]"),
            ("tests.mod.T", "mod.bad[a.b]", "T.bad[a.b]"),
            ("", "alone", "alone"),
            ("tests.T", "", "T"),
            ("navigation", "Test navigation", "navigation.Test navigation"),
            ("sanity", "action-plugin-docs", "sanity.action-plugin-docs"),
            ("", "costs 1.50 dollars", "costs 1.50 dollars"),
            ("", "", None),
            ("src/cart.test.ts", "Cart adds", "src/cart.test.ts.Cart adds"),
            ("cart.spec.ts", "adds", "cart.spec.ts.adds"),
            ("./cart.bats", "adds", "cart.bats.adds"),
            ("", "cart.spec.js", "cart.spec.js"),
            (" tests.mod.T ", " ok ", "T.ok"),
        ],
    )
    def test_test_id(self, classname, name, test_id):
        assert _only(_suite(f"<testcase classname='{classname}' name='{name}'/>"))["test_id"] == test_id

    @pytest.mark.parametrize(
        ("children", "outcome"),
        [
            ("", "passed"),
            ("<failure/>", "failed"),
            ("<error/>", "error"),
            ("<error/><failure/>", "failed"),
            ("<skipped/>", "skipped"),
            ("<skipped type='pytest.xfail' message='m'/>", "xfailed"),
            ("<xfailure/>", "xfailed"),
            ("<xpassed/>", "xpassed"),
            ("<system-out>failure</system-out>", "passed"),
            ("<flakyFailure/><rerunFailure/>", "passed"),
            ("<skipped type='XFAIL'/>", "xfailed"),
            ("<skipped message='expected test failure'>no</skipped>", "xfailed"),
            ("<skipped message='test passes unexpectedly'/>", "xpassed"),
            ("<error type='UnexpectedSuccess'/>", "xpassed"),
            ("<skipped message='TEST_CASE tagged with !mayfail'/><failure/>", "xfailed"),
            ("<skipped type='todo'/><failure/>", "xfailed"),
            ("<skipped/><failure/>", "failed"),
        ],
    )
    def test_outcome(self, children, outcome):
        assert _only(_suite(f"<testcase name='a' failure='false'>{children}</testcase>"))["result"] == outcome

    @pytest.mark.parametrize(
        ("attributes", "outcome", "reason"),
        [
            ("status='run' result='completed'", "passed", None),
            ("status='notrun' result='suppressed'", "skipped", "suppressed"),
            ("status='disabled'", "skipped", "disabled"),
            ("status='Skipped'", "skipped", None),
            ("status='fail'", "failed", None),
            ("result='blocked'", "blocked", None),
            ("status='passed' failure='a message'", "passed", None),
        ],
    )
    def test_outcome_that_only_attributes_tell(self, attributes, outcome, reason):
        body = _only(_suite(f"<testcase name='a' {attributes}/>"))
        assert (body["result"], body["metadata"].get("skip_reason")) == (outcome, reason)

    @pytest.mark.parametrize(
        ("failure", "name", "message"),
        [
            ("message='' type='AssertionError'>one\ntwo", "AssertionError", "one"),
            ("message='Failed' type=''>=== RUN TestPay\n  a_test.go:1: no\n", None, "a_test.go:1: no"),
            ("message='test failure'>Traceback (most…\n  x\nKeyError: 1\n", "KeyError", "KeyError: 1"),
            ("type='a\\B'>Shop\\CartTest::testPay\nno money", "a\\B", "no money"),
            ("type='REQUIRE' message='1 == 2'>", None, "1 == 2"),
            ("type='test failure with exit code 1' message='x'>", None, "x"),
            ("type='Error' message=' x '>", "Error", "x"),
            ("type='FAILURE' message='Failed'>", None, "Failed"),
        ],
    )
    def test_vague_failure_is_told_in_its_own_words(self, failure, name, message):
        metadata = _only(_suite(f"<testcase name='a'><failure {failure}</failure></testcase>"))["metadata"]
        assert (metadata.get("exception_name"), metadata["message"]) == (name, message)

    def test_parameters_of_googletest(self):
        case = "<testcase name='IsRound/0' classname='Some/Price' value_param='1.50' type_param='int'/>"
        body = _only(_suite(case))
        assert (body["test_id"], body["params"]) == (
            "Some/Price.IsRound/0",
            {"value_param": "1.50", "type_param": "int"},
        )

    def test_class_file_line_and_assertions_of_phpunit(self):
        case = "<testcase name='testPay' class='Shop\\CartTest' file='/t/C.php' line='7' assertions='2'/>"
        body = _only(_suite(case))
        said = {key: body["metadata"][key] for key in ("fspath", "line", "assertions")}
        assert body["test_id"] == "CartTest.testPay"
        assert said == {"fspath": "/t/C.php", "line": "7", "assertions": "2"}

    def test_suites_of_node_are_the_class(self):
        inner = "<testsuite name='inner' disabled='0'><testcase name='b' classname='test'/></testsuite>"
        outer = (
            f"<testsuite name='Cart' disabled='0'><testcase name='a' classname='test'/>{inner}</testsuite>"
        )
        bodies = _bodies(_parse(f"<testsuites>{outer}</testsuites>".encode()))
        assert [body["test_id"] for body in bodies] == ["Cart.a", "Cart > inner.b"]

    @pytest.mark.parametrize("unknown", ["1970-01-01T00:00:00", "0001-01-01T00:00:00", "soon"])
    def test_time_that_is_none_is_that_of_the_suite(self, unknown):
        case = f"<testcase name='a' timestamp='{unknown}'/>"
        body = _only(_suite(case, attributes="timestamp='2024-01-01T00:00:00'"))
        assert body["start_time"] == "2024-01-01T00:00:00+00:00"

    def test_host_of_the_suite_is_told(self):
        assert _only(_suite("<testcase name='a'/>", attributes="hostname='h'"))["metadata"]["hostname"] == "h"

    def test_attachments_are_only_text(self):
        case = "<testcase name='a'><system-out>[[ATTACHMENT|/etc/passwd]]</system-out></testcase>"
        assert _files(_parse(_suite(case))) == {("0", "system-out.log"): "[[ATTACHMENT|/etc/passwd]]"}

    def test_very_long_reason_is_cut(self):
        case = f"<testcase name='a'><skipped>{'x' * 9000}</skipped></testcase>"
        assert len(_only(_suite(case))["metadata"]["skip_reason"]) == 4000

    def test_very_long_name_fits(self):
        first, second = _bodies(
            _parse(_suite(f"<testcase name='{'x' * 9000}a'/>", f"<testcase name='{'x' * 9000}b'/>"))
        )
        assert len(first["test_id"].encode()) <= 2048
        assert first["test_id"] != second["test_id"]

    def test_elements_that_belong_nowhere_are_passed_over(self):
        case = "<testcase name='a'><x><failure/></x><testcase name='b'/><testsuite/></testcase>"
        assert [body["result"] for body in _bodies(_parse(_suite(case, "<y><testcase/></y>")))] == ["passed"]

    def test_message_alone_is_no_lost_text(self):
        parts = _parse(_suite("<testcase name='a'><failure message='only this'/></testcase>"))
        assert _files(parts) == {("0", "traceback.log"): "only this"}
        assert _bodies(parts)[0]["metadata"]["message"] == "only this"

    def test_several_failures_are_one_file(self):
        parts = _parse(_suite("<testcase name='a'><failure>one</failure><error>two</error></testcase>"))
        assert _files(parts) == {("0", "traceback.log"): "one\n\ntwo"}

    def test_properties_by_name_by_key_and_with_text(self):
        properties = (
            "<properties><property name='a' value='1'/><property key='b' value='2'/>"
            "<property name='c'>3</property><property key='d'/><property value='5'/></properties>"
        )
        metadata = _only(_suite(f"<testcase name='x'>{properties}</testcase>"))["metadata"]
        assert {key: metadata[key] for key in "abcd"} == {"a": "1", "b": "2", "c": "3", "d": None}

    def test_duration_that_is_none_counts_as_0_with_a_warning(self):
        warned, result, _run = _parse(_suite("<testcase name='a' time='soon'/>"))
        assert result.body["duration"] == 0
        assert "case 1 (a): 'soon' is no duration" in warned.text

    def test_long_output_is_cut(self, monkeypatch):
        monkeypatch.setattr(junit_elements, "TEXT_CHARACTERS", 1000)
        parts = _parse(_suite(f"<testcase name='a'><system-out>{'x' * 1050}</system-out></testcase>"))
        assert _files(parts)["0", "system-out.log"] == "x" * 1000 + "\n[50 more characters were left out]"


class TestRun:
    def test_name_and_host_are_its_metadata(self):
        suite = "<testsuite name='S' hostname='h'/>"
        assert _run(f"<testsuites name='all'>{suite}</testsuites>".encode()).body["metadata"] == {
            "name": "all",
            "hostname": "h",
        }

    @pytest.mark.parametrize(
        ("root", "expected"), [("time='9'", 9), ("time='soon'", 4.5), ("", 4.5), ("time='0'", 4.5)]
    )
    def test_duration_is_that_of_the_root_or_of_its_suites(self, root, expected):
        suites = "<testsuite time='1,5'><testsuite time='7'/></testsuite><testsuite time='3s'/>"
        assert _run(f"<testsuites {root}>{suites}</testsuites>".encode()).body["duration"] == expected

    def test_error_outside_of_cases_is_a_file_and_a_warning(self):
        parts = _parse(_suite("<error message='no server'/>"))
        assert _files(parts) == {(None, "S error.log"): "no server"}
        assert "suite S: <error> outside of its cases" in next(
            part.text for part in parts if isinstance(part, report.Warned)
        )

    def test_id_is_a_uuid_in_the_name(self):
        id_ = "8c1f7c1e-6f0a-4a3e-9c55-3a1c2b9f0d11"
        assert _run(_suite(), f"a-{id_}.xml").body["id"] == id_
        assert _run(_suite(), "junit.xml").body["id"] is None

    def test_properties_of_the_root_are_its_metadata(self):
        inner = "<testsuite/><testsuite><properties><property name='b' value='2'/></properties></testsuite>"
        named = "<property name='project' value='shop'/><property name='source' value='ci'/>"
        root = f"<properties>{named}</properties>"
        run = _run(f"<testsuites time='5'>{root}{inner}</testsuites>".encode())
        assert run.body["metadata"] == {"project": "shop", "source": "ci"}
        assert (run.project, run.body["source"], run.body["duration"]) == ("shop", "ci", 5)

    def test_only_suite_speaks_for_the_run(self):
        suite = "<testsuite><properties><property name='project_id' value='x'/></properties></testsuite>"
        assert _run(f"<testsuites>{suite}</testsuites>".encode()).project == "x"

    def test_start_is_that_of_the_root_or_of_the_first_suite(self):
        suites = "<testsuite timestamp='2024-01-02T00:00:00'/><testsuite timestamp='2024-01-01T00:00:00'/>"
        start = "2023-12-31T23:00:00+00:00"
        rooted = f"<testsuites timestamp='2024-01-01T00:00:00+01:00'>{suites}</testsuites>"
        assert _run(rooted.encode()).body["start_time"] == start
        assert _run(f"<testsuites>{suites}</testsuites>".encode()).body["start_time"].startswith("2024-01-01")


class TestHostileXML:
    BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<testsuite><testcase name="&b;"/></testsuite>"""

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (BOMB, "line 1: document types and entities are not accepted"),
            (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><testsuite/>", "document types and entities"),
            (b"<testsuite>\n<testcase></testsuite>", "line 2: the XML is broken, mismatched tag"),
            (b"<testsuite>\n\n", "line 3: the XML is broken, no element found"),
            (b"<testsuite>&x;</testsuite>", "the XML is broken, undefined entity"),
            (b"<testsuite><</testsuite>", "the XML is broken, not well-formed"),
            (b"<?xml version='1.0' encoding='klingon'?><testsuite/>", "line 1"),
            (b"\n<html/>", "line 2: the root is <html>, JUnit XML begins with"),
            (b"<testsuite>" * 501, "line 1: elements are nested more than 500 levels deep"),
            (b"", "no element found"),
        ],
    )
    def test_is_refused_with_line_and_reason(self, content, reason):
        with pytest.raises(Invalid) as refused:
            _parse(content)
        assert reason in refused.value.message

    def test_endless_tag_is_refused_before_it_is_read(self):
        class Endless(io.RawIOBase):
            read_bytes = 0

            def read(self, size):
                self.read_bytes += size
                return b"<testsuite name='" if self.read_bytes == size else b"x" * size

        file = Endless()
        with pytest.raises(Invalid, match="a tag or comment has more than"):
            list(junit.parse(file, "junit.xml"))
        assert file.read_bytes < 2 * xml.TAG_BYTES

    def test_endless_properties_are_refused(self):
        big = f"<property name='a' value='{'x' * 300_000}'/>"
        with pytest.raises(Invalid, match="properties of one element"):
            _parse(_suite(f"<properties>{big}</properties>"))

    def test_endless_texts_of_a_case_are_refused(self, monkeypatch):
        monkeypatch.setattr(junit_elements, "TEXT_CHARACTERS", 10)
        with pytest.raises(Invalid, match="texts of one case"):
            _parse(_suite(f"<testcase name='a'>{'<failure>1234567</failure>' * 4}</testcase>"))

    def test_endless_elements_of_a_case_are_refused(self, monkeypatch):
        monkeypatch.setattr(junit_elements, "TEXT_CHARACTERS", 1000)
        with pytest.raises(Invalid, match="texts of one case"):
            _parse(_suite(f"<testcase name='a'>{'<failure/>' * 30}</testcase>"))

    def test_memory_does_not_grow_with_the_number_of_cases(self):
        def most(count):
            case = b"<testcase classname='a.B' name='c' time='1'><failure>%s</failure></testcase>" % (
                b"x" * 2000
            )
            content = b"<testsuite>" + case * count + b"</testsuite>"
            tracemalloc.start()
            for _ in junit.parse(io.BytesIO(content), "junit.xml"):
                pass
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return peak - len(content)

        assert most(5000) < most(500) + 2**20


@pytest.mark.parametrize(
    ("head", "name", "format_"),
    [
        (b"<testsuites/>", "x", "junit"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a <b> --><testsuite name='x'", "x", "junit"),
        ("\ufeff<?xml version='1.0' encoding='utf-16'?><testsuite/>".encode("utf-16-le"), "x", "junit"),
        (b"<j:testsuite xmlns:j='x'>", "x", "junit"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite/>", "junit.xml", "junit"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite/>", "junit", None),
        (b"<TestRun/>", "results.xml", None),
        (b"<testsuitesx/>", "x.xml", None),
        (b"text", "x.xml", None),
        (b"<?a?>" * 13_000, "x", None),
        (b"<!--" * 16_000, "x", None),
    ],
)
def test_beginning_of_a_file_shows_what_it_is(head, name, format_):
    assert importers.recognise(head, name) == format_


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,234.5", 1234.5),
        ("1,234", 1234),
        ("0,25", 0.25),
        (" 2s ", 2),
        ("1e-3", 0.001),
        ("1.5s", 1.5),
        ("1,234.5 s", 1234.5),
        ("NaN", None),
        ("", None),
        (None, None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1:30", None),
        ("9" * 1000, None),
    ],
)
def test_duration_is_read(text, value):
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-15T10:30:00", "2024-01-15T10:30:00+00:00"),
        ("2024-01-15T10:30:00.5+02:00", "2024-01-15T08:30:00.500000+00:00"),
        ("2024-01-15T10:30:00Z", "2024-01-15T10:30:00+00:00"),
        ("Mon, 15 Jan 2024 10:30:00 +0000", "2024-01-15T10:30:00+00:00"),
        ("Mon Jan 15 10:30:00 2024", "2024-01-15T10:30:00+00:00"),
        ("1705314600", "2024-01-15T10:30:00+00:00"),
        ("1705314600500", "2024-01-15T10:30:00.500000+00:00"),
        ("0001-01-01T00:00:00+23:00", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_time_is_read(text, value):
    assert instant(text) == value


def test_last_part_of_prose_is_all_of_it():
    assert last_part("Cart v1.2 adds") == "Cart v1.2 adds"


@pytest.mark.parametrize(
    ("kind", "message", "text", "name"),
    [
        ("java.lang.Error", "ValueError: x", "", "java.lang.Error"),
        (None, "x", "E  x\n\ntest_shop.py:7: shop.CartError", "shop.CartError"),
        (None, "ValueError: no", "", "ValueError"),
        (None, "assert 1 == 2", "", "AssertionError"),
        (None, "it went wrong", "no traceback", None),
        (None, "", "", None),
    ],
)
def test_name_of_the_exception_is_found(kind, message, text, name):
    assert exception_name(kind, message, text) == name


def test_names_that_suites_hand_down_are_cut():
    suite = f"<testsuite name='{'n' * 5000}' hostname='{'h' * 5000}' file='{'f' * 5000}' disabled='0'>"
    content = f"{suite * 50}<testcase name='a' classname='test'/>{'</testsuite>' * 50}"
    [result] = [part for part in _parse(content.encode()) if isinstance(part, report.Result)]
    assert len(result.source) == junit_elements.NAME_CHARACTERS
    assert len(str(result.body)) < 10 * junit_elements.NAME_CHARACTERS


def test_properties_that_suites_hand_down_are_bounded_together(monkeypatch):
    monkeypatch.setattr(junit_elements, "PROPERTY_CHARACTERS", 100)
    suite = "<testsuite><properties><property name='{}' value='" + "x" * 30 + "'/></properties>"
    content = "".join(suite.format(n) for n in range(5)) + "</testsuite>" * 5
    with pytest.raises(Invalid, match="properties of one element have more than 100 characters"):
        _parse(content.encode())
