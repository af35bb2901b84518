"""`go test -json`: what becomes of odd streams, and what is refused."""

import io
import json
import tracemalloc

import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import go_test, go_test_held, go_test_output, report

pytestmark = pytest.mark.unit


def _event(action, test=None, *, package="shop", **more):
    event = {"Action": action, "Package": package, "Test": test, **more}
    return json.dumps({key: value for key, value in event.items() if value is not None}).encode() + b"\n"


def _test(name, result="pass", *outputs, **more):
    events = [_event("run", name), *(_event("output", name, Output=one) for one in outputs)]
    return b"".join([*events, _event(result, name, Elapsed=0.5, **more)])


def _parse(*content):
    parts = []
    for part in go_test.parse(io.BytesIO(b"".join(content)), "go.json"):
        whole = part
        if isinstance(part, report.File):
            whole = report.File(part.key, part.name, part.filename, b"".join(part.content))
        parts.append(whole)
    return parts


def _bodies(parts):
    return {part.body["test_id"]: part.body for part in parts if isinstance(part, report.Result)}


def _files(parts):
    return {part.name: part.content for part in parts if isinstance(part, report.File)}


END = _event("pass", Elapsed=1)
BROKEN = _event("fail", Elapsed=1)


def test_failed_test_tells_where_and_why():
    parts = _parse(_test("TestA", "fail", "    a_test.go:7: got 1\n", "        want 2\n"), BROKEN)
    metadata = _bodies(parts)["shop.TestA"]["metadata"]
    assert metadata["message"] == "a_test.go:7: got 1\nwant 2"
    assert (metadata["fspath"], metadata["line"]) == ("shop/a_test.go", "7")
    assert _files(parts)["traceback.log"] == b"    a_test.go:7: got 1\n        want 2\n"


def test_lines_of_go_itself_are_no_output():
    parts = _parse(_test("TestA", "pass", "=== RUN   TestA\n", "mine\n", "--- PASS: TestA (0.00s)\n"), END)
    assert _files(parts) == {"system-out.log": b"mine\n"}


def test_test_that_never_ends_is_an_error_with_the_panic():
    parts = _parse(
        _event("run", "TestA"),
        _event("output", "TestA", Output="panic: oh no\n"),
        _event("run", "TestB"),
        BROKEN,
    )
    found = {name: body["metadata"] for name, body in _bodies(parts).items()}
    assert found["shop.TestA"]["exception_name"] == "panic"
    assert found["shop.TestA"]["message"] == "oh no"
    assert found["shop.TestB"]["message"] == "The test did not end, panic: oh no"
    assert {body["result"] for body in _bodies(parts).values()} == {"error"}


def test_stream_that_is_cut_off_is_no_success():
    found = _bodies(_parse(_test("TestA"), _event("run", "TestB")))
    assert {name: body["result"] for name, body in found.items()} == {
        "shop.TestA": "passed",
        "shop.TestB": "error",
        "shop": "error",
    }
    assert found["shop.TestB"]["metadata"]["message"] == "The stream ends before the test does"


def test_package_that_passed_has_no_unfinished_tests():
    assert _bodies(_parse(_event("run", "TestA"), END))["shop.TestA"]["result"] == "passed"


def test_build_that_older_versions_write_between_the_events_explains_the_package():
    stray = b"# shop [shop.test]\n./a_test.go:3:1: undefined: x\n"
    parts = _parse(stray, _event("output", Output="FAIL\tshop [build failed]\n"), BROKEN)
    assert _bodies(parts)["shop"]["metadata"]["exception_name"] == "build failed"
    assert "undefined: x" in _bodies(parts)["shop"]["metadata"]["message"]
    assert stray in _files(parts)["output.log"]


def test_failing_package_with_failed_tests_is_no_result_itself():
    assert set(_bodies(_parse(_test("TestA", "fail"), BROKEN))) == {"shop.TestA"}


def test_passing_test_that_is_run_twice_is_two_results():
    parts = _parse(_test("TestA"), _test("TestA"), END)
    assert sum(isinstance(part, report.Result) for part in parts) == 2


def test_failed_test_that_is_run_again_has_attempts():
    parts = _parse(_test("TestA", "fail", "first\n"), BROKEN, _test("TestA", "fail", "second\n"), BROKEN, END)
    body = _bodies(parts)["shop.TestA"]
    assert (body["result"], body["metadata"]["attempts"]) == ("failed", 2)
    assert [one["message"] for one in body["attempts"]] == ["first", "second"]
    files = _files(parts)
    assert (files["attempt-1/traceback.log"], files["traceback.log"]) == (b"first\n", b"second\n")


def test_only_so_many_failed_tests_wait(monkeypatch):
    monkeypatch.setattr(go_test_held, "MOST", 2)
    failed = [_test(f"Test{number}", "fail") for number in range(4)]
    parts = _parse(*failed, BROKEN, _test("Test0"), _test("Test3"), END)
    results = [part.body for part in parts if isinstance(part, report.Result)]
    found = [(body["test_id"], body["metadata"].get("attempts")) for body in results]
    assert sorted(found, key=str) == [
        ("shop.Test0", None),
        ("shop.Test0", None),
        ("shop.Test1", None),
        ("shop.Test2", None),
        ("shop.Test3", 2),
    ]


def test_broken_event_is_told_and_kept():
    parts = _parse(_test("TestA"), b'{"Action":"pa\n', END)
    assert "line 3: is no event of go test; it is in output.log only" in [
        part.text for part in parts if isinstance(part, report.Warned)
    ]
    assert _files(parts)["output.log"] == b'{"Action":"pa\n'


def test_odd_values_harm_nothing():
    odd = _event("pass", "TestA", Elapsed="soon", Time=7, Output=[])
    strange = _event("output", "TestA", Output=None, Time="never") + _event("attr", "TestA", Key=1, Value={})
    body = _bodies(_parse(strange, odd, _event("fail", Elapsed=-1, Package=7)))["shop.TestA"]
    assert (body["duration"], body["start_time"]) == (0.0, None)


def test_null_characters_are_replaced():
    parts = _parse(_test("TestA", "fail", "a_test.go:1: a\0b\n"), BROKEN)
    assert _bodies(parts)["shop.TestA"]["metadata"]["message"] == "a_test.go:1: a\ufffdb"


def test_events_without_a_package_are_those_of_test2json():
    content = b'{"Action":"run","Test":"TestA"}\n{"Action":"pass","Test":"TestA"}\n{"Action":"pass"}\n'
    assert importers.recognise(content, "x") == "go-test"
    assert set(_bodies(_parse(content))) == {"TestA"}


@pytest.mark.parametrize("content", [b"", b"nothing\n", b'{"Action":"dance","Package":"x"}\n'])
def test_file_without_events_is_refused(content):
    assert not go_test.recognises(content, "go.json")
    with pytest.raises(Invalid, match="no event of go test"):
        _parse(content)


def test_too_many_running_tests_are_refused(monkeypatch):
    monkeypatch.setattr(go_test, "RUNNING", 3)
    with pytest.raises(Invalid, match="line 4: more than 3 tests run at the same time"):
        _parse(*(_event("run", f"Test{number}") for number in range(5)))


def test_long_outputs_are_whole_and_not_in_memory(monkeypatch):
    monkeypatch.setattr(go_test_output, "MEMORY_CHARACTERS", 10_000)
    texts = [f"{number} {'x' * 100}\n" for number in range(1000)]
    both = (_event("output", name, Output=f"{name} {text}") for text in texts for name in ("TestA", "TestB"))
    content = [_event("run", "TestA"), *both, _event("pass", "TestA"), _event("fail", "TestB"), BROKEN]
    files = _files(_parse(*content))
    assert files["system-out.log"].decode() == "".join(f"TestA {text}" for text in texts)
    assert files["traceback.log"].decode() == "".join(f"TestB {text}" for text in texts)


def test_end_of_an_endless_output_says_why():
    noise = [_event("output", "TestA", Output="x" * 10_000 + "\n") for _ in range(100)]
    parts = _parse(_event("run", "TestA"), *noise, _event("output", "TestA", Output="panic: full\n"), BROKEN)
    assert _bodies(parts)["shop.TestA"]["metadata"]["message"] == "full"


class _Endless(io.RawIOBase):
    """So many tests, made while they are read."""

    def __init__(self, tests):
        self._tests = iter(range(tests))
        self._rest = b""

    def read(self, size=-1):
        while len(self._rest) < size:
            number = next(self._tests, None)
            if number is None:
                break
            self._rest += _test(f"Test{number}", "fail" if number % 10 == 0 else "pass", "text\n" * 20)
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def test_memory_does_not_grow_with_the_stream():
    tracemalloc.start()
    for part in go_test.parse(_Endless(5_000), "go.json"):
        if isinstance(part, report.File):
            b"".join(part.content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 1024 * 1024


def test_attributes_of_tests_are_metadata_within_a_bound(monkeypatch):
    monkeypatch.setattr(go_test_output, "NOTED_CHARACTERS", 20)
    attributes = (_event("attr", "TestA", Key=f"key{n}", Value="12345") for n in range(5))
    ended = _event("pass", "TestA") + _event("attr", "TestB", Key="key", Value="1")
    found = _bodies(_parse(*attributes, ended, _event("pass", "TestB"), END))
    assert found["shop.TestA"]["metadata"] == {"package": "shop", "key0": "12345", "key1": "12345"}
    assert found["shop.TestB"]["metadata"]["key"] == "1"


@pytest.mark.parametrize("said", ["1.2.3", "9" * 400, "."])
def test_coverage_that_is_no_number_is_left_out(said):
    parts = _parse(_event("output", Output=f"coverage: {said}% of statements\n"), END)
    assert "coverage" not in parts[-1].body["metadata"]


def test_measures_are_numbers_that_json_has():
    told = "BenchmarkA \t 1 \t 5 ns/op \t 1e999 MB/s\n"
    metadata = _bodies(_parse(_test("BenchmarkA", "bench", told), END))["shop.BenchmarkA"]["metadata"]
    assert (metadata["ns/op"], metadata["MB/s"]) == (5.0, "1e999")


def test_names_without_end_are_not_held_in_memory():
    names = [f"{number}{'x' * 200_000}" for number in range(100)]
    tests = [_event("output", f"Test{name}", package=f"p{name}", Output="a") for name in names]
    builds = [_event("build-output", package=None, ImportPath=name, Output="a") for name in names]
    file = io.BytesIO(b"".join(tests + builds))
    tracemalloc.start()
    results = [part for part in go_test.parse(file, "go.json") if isinstance(part, report.Result)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len({part.body["test_id"] for part in results}), peak < 20_000_000) == (200, True)
