"""TAP as harnesses must understand it, and what its writers get wrong."""

import io
import tracemalloc

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report, tap, tap_levels

pytestmark = pytest.mark.unit


def _parse(text):
    parts = []
    for part in tap.parse(io.BytesIO(text.encode()), "x.tap"):
        whole = part
        if isinstance(part, report.File):
            whole = report.File(part.key, part.name, part.filename, b"".join(part.content).decode())
        parts.append(whole)
    return parts


def _bodies(text):
    return [part.body for part in _parse(text) if isinstance(part, report.Result)]


def _outcomes(text):
    return [(body["test_id"], body["result"]) for body in _bodies(text)]


def _warnings(text):
    return [part.text for part in _parse(text) if isinstance(part, report.Warned)]


def _files(text):
    return {part.name: part.content for part in _parse(text) if isinstance(part, report.File)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ok 1 - name", ("name", "passed")),
        ("ok 1 name", ("name", "passed")),
        ("ok - name", ("name", "passed")),
        ("ok", ("test 2", "passed")),
        ("not ok 1", ("test 1", "failed")),
        ("not ok 1 - name # SKIP why", ("name", "skipped")),
        ("ok 1 - name # skipped why", ("name", "skipped")),
        ("ok 1 - name # TODO why", ("name", "xpassed")),
        ("not ok 1 - name #todo why", ("name", "xfailed")),
        ("ok 1 - name \\# TODO is no directive", ("name # TODO is no directive", "passed")),
        ("ok 1 - issue #12", ("issue #12", "passed")),
        ("ok 1 - name # time=12.5ms", ("name", "passed")),
        ("ok 1 - name (12ms)", ("name", "passed")),
        ("ok 1 name in 3ms", ("name", "passed")),
        ("ok 1 1.5 is more than 1", ("1.5 is more than 1", "passed")),
    ],
)
def test_test_point_is_a_result(line, expected):
    assert _outcomes(f"1..1\n{line}\n") == [expected]


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("ok 1 - a # time=12.5ms", 0.0125),
        ("ok 1 - a # SKIP x # time=2s", 2.0),
        ("ok 1 - a (1.5s)", 1.5),
        ("ok 1 a in 2sec", 2.0),
        ("ok 1 - a\n  ---\n  duration_ms: 7.5\n  ...", 0.0075),
        ("ok 1 - a # time=12.5.1ms", 0.0),
    ],
)
def test_duration_is_found_where_writers_put_it(line, seconds):
    assert _bodies(f"1..1\n{line}\n")[0]["duration"] == seconds


def test_reasons_of_directives_are_metadata():
    skipped, todo = _bodies("1..2\nok 1 # SKIP no network\nnot ok 2 # TODO later\n")
    assert skipped["metadata"]["skip_reason"] == "no network"
    assert todo["metadata"]["xfail_reason"] == "later"


class TestPlan:
    def test_too_few_tests_are_an_error(self):
        assert _outcomes("1..3\nok 1 - a\n") == [("a", "passed"), ("plan", "error")]
        assert _bodies("1..3\nok 1 - a\n")[1]["metadata"]["message"] == "3 tests were planned, 1 came"

    def test_plan_may_come_last(self):
        assert _outcomes("ok 1 - a\nok 2 - b\n1..2\n") == [("a", "passed"), ("b", "passed")]

    def test_stream_without_a_plan_is_an_error(self):
        assert _outcomes("TAP version 13\nok 1 - a\n") == [("a", "passed"), ("plan", "error")]

    def test_nothing_planned_is_nothing_run(self):
        assert _outcomes("1..0\n") == []

    def test_second_plan_is_told(self):
        assert _warnings("1..1\nok 1\n1..1\n") == ["line 3: there is a plan already; this one does not count"]

    def test_number_out_of_order_is_told(self):
        text = "1..3\nok 1 - a\nok 3 - c\nok 4 - d\n"
        assert _warnings(text) == ["line 3: test 3 came where 2 was expected"]

    def test_bail_out_is_an_error_that_explains_the_missing_tests(self):
        text = "1..9\nok 1 - a\nBail out! no database\n"
        assert _outcomes(text) == [("a", "passed"), ("Bail out", "error")]
        assert _bodies(text)[1]["metadata"]["message"] == "no database"

    def test_streams_behind_each_other_have_a_plan_each(self):
        text = "TAP version 13\n1..1\nok 1 - a\nTAP version 13\n1..2\nok 1 - b\n"
        assert _outcomes(text) == [("a", "passed"), ("b", "passed"), ("plan", "error")]
        assert _warnings(text) == []


class TestSubtests:
    def test_sum_of_subtests_is_no_result(self):
        text = "# Subtest: a\n    ok 1 - b\n    not ok 2 - c\n    1..2\nnot ok 1 - a\n1..1\n"
        assert _outcomes(text) == [("a.b", "passed"), ("a.c", "failed")]

    def test_test_that_fails_although_its_subtests_pass_is_a_result(self):
        text = "# Subtest: a\n    ok 1 - b\n    1..1\nnot ok 1 - a\n  ---\n  error: hook\n  ...\n1..1\n"
        assert _outcomes(text) == [("a.b", "passed"), ("a", "failed")]

    def test_failure_of_the_one_before_does_not_count(self):
        before = "# Subtest: a\n    not ok 1 - b\n    1..1\nnot ok 1 - a\n"
        text = f"{before}# Subtest: c\n    ok 1 - d\n    1..1\nnot ok 2 - c\n1..2\n"
        assert _outcomes(text)[1:] == [("c.d", "passed"), ("c", "failed")]

    def test_brackets_hold_subtests(self):
        inner = "    1..1\n    ok 1 - b {\n        ok 1 - c\n        1..1\n    }\n"
        text = f"1..1\nnot ok 1 - a # time=1ms {{\n{inner}}}\n"
        assert _outcomes(text) == [("a.b.c", "passed"), ("a", "failed")]

    def test_bracket_may_follow_the_diagnostics(self):
        text = "1..1\nok 1 - a\n  ---\n  duration_ms: 5\n  ...\n{\n    ok 1 - b\n    1..1\n}\n"
        assert _outcomes(text) == [("a.b", "passed")]

    def test_missing_subtests_are_an_error(self):
        text = "# Subtest: a\n    1..2\n    ok 1 - b\nnot ok 1 - a\n1..1\n"
        assert ("a.plan", "error") in _outcomes(text)

    def test_endless_nesting_is_refused(self):
        text = "".join(f"{' ' * 4 * depth}ok 1 - a\n" for depth in range(tap_levels.MOST + 1))
        with pytest.raises(Invalid, match="line 51: subtests are nested more than 50 levels deep"):
            _parse(text)


class TestDiagnostics:
    def test_yaml_says_what_failed_and_where(self):
        text = (
            "1..1\nnot ok 1 - a\n  ---\n  message: differ\n  severity: fail\n  name: TypeError\n"
            "  at: shop.js:7:3\n  stack: |-\n    at one\n    at two\n  expected: 1\n  actual: [2]\n  ...\n"
        )
        assert _bodies(text)[0]["metadata"] == {
            "fspath": "shop.js",
            "line": "7",
            "exception_name": "TypeError",
            "message": "differ",
            "short_tb": "at one\nat two",
            "expected": "1",
            "severity": "fail",
        }
        assert _files(text)["traceback.log"] == "at one\nat two"

    @pytest.mark.parametrize(
        "block",
        [
            "  a: [1, 2\n  b: *c\n",
            "  \t- a\n",
            "  a: !!python/object:os.system x\n",
            "  ? [\n",
            "  - a\n  b: c\n",
        ],
    )
    def test_broken_yaml_harms_only_itself(self, block):
        text = f"1..2\nnot ok 1 - a\n  ---\n{block}  ...\nok 2 - b\n"
        assert _outcomes(text) == [("a", "failed"), ("b", "passed")]

    def test_broken_yaml_is_told_and_kept(self):
        text = "1..1\nnot ok 1 - a\n  ---\n  x: [\n  ...\n"
        assert _warnings(text) == ["line 2 (a): its diagnostics are no YAML that can be read"]
        assert _files(text)["diagnostic.yaml"] == "x: ["

    def test_yaml_that_never_ends_is_ended_by_the_next_test(self):
        text = "1..2\nnot ok 1 - a\n  ---\n  message: x\nok 2 - b\n"
        assert _outcomes(text) == [("a", "failed"), ("b", "passed")]

    def test_yaml_that_grows_is_not_read(self):
        bomb = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
        text = f"1..1\nnot ok 1 - a\n  ---\n  a0: &a0 [x]\n{bomb}  message: x\n  ...\n"
        assert _bodies(text)[0]["metadata"] == {"message": "a"}

    @pytest.mark.parametrize("deep", ["[" * 30_000, "{a: " * 15_000, "- " * 30_000, "? " * 30_000])
    def test_yaml_that_nests_endlessly_is_not_read(self, deep):
        assert _outcomes(f"1..1\nnot ok 1 - a\n  ---\n  x:\n   {deep}\n  ...\n") == [("a", "failed")]

    def test_comments_below_a_failure_are_its_reason(self):
        text = "1..2\nnot ok 1 - a\n#   Failed test 'a'\n#   at t/a.t line 7.\nok 2 - b\n# of the run\n"
        failed, _ = _bodies(text)
        assert (failed["metadata"]["fspath"], failed["metadata"]["line"]) == ("t/a.t", "7")
        assert failed["metadata"]["message"] == "Failed test 'a'\n  at t/a.t line 7."
        assert _files(text)["output.log"] == "# of the run\n"


def test_output_in_between_is_kept():
    assert _files("1..1\nhello\nok 1 - a\nworld\n") == {"output.log": "hello\nworld\n"}


def test_test_ids_of_pytest_are_those_of_its_other_reports():
    text = "1..3\nok 1 t/test_a.py::test_b[x.y]\nok 2 t/test_a.py::TestC.test_d\nok 3 a b.py::c\n"
    assert [name for name, _ in _outcomes(text)] == ["test_a.test_b[x.y]", "TestC.test_d", "a b.py::c"]


def test_null_characters_are_left_out():
    assert _outcomes("1..1\nok 1 - a\0b\n") == [("ab", "passed")]


def test_utf_16_is_read():
    content = "TAP version 13\r\n1..1\r\nok 1 - ünï\r\n".encode("utf-16")
    assert importers.recognise(content, "x") == "tap"
    bodies = [part.body for part in tap.parse(io.BytesIO(content), "x") if isinstance(part, report.Result)]
    assert bodies[0]["test_id"] == "ünï"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ok  \tshop\t0.02s\n",
        b"okay 1\n",
        b"<testsuite>\nok 1 - a\n</testsuite>",
        b'{\n"a": "\nok 1 - a\n"}',
        b'{"Action":"output","Package":"a","Output":"x"}\nok 1 - a\n',
        b"PK\x03\x04\n1..2\n",
    ],
)
def test_other_files_are_not_recognised(content):
    assert not tap.recognises(content, "x.tap")


def test_file_without_tests_is_refused():
    with pytest.raises(Invalid, match="no test point and no plan"):
        _parse("hello\n")


def test_memory_does_not_grow_with_the_stream():
    one = b"not ok - a\n  ---\n  message: x\n  stack: |-\n    at one\n  ...\n# more\nnoise\n"
    file = io.BytesIO(one * 4_000)
    tracemalloc.start()
    for part in tap.parse(file, "x.tap"):
        if isinstance(part, report.File):
            for _ in part.content:
                pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


def test_time_that_nothing_takes_is_a_part_of_the_name():
    [body] = _bodies(f"1..1\nok 1 pays # time={'9' * 20}s\n")
    assert (body["test_id"][:13], body["duration"]) == ("pays # time=9", 0.0)
