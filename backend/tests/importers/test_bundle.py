"""Several reports in one archive: one run of all of them."""

import io
from pathlib import Path

import orjson
import pytest
from helpers.reports import result_json, run_json, tar, zipped

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import agreement, bundle, report

pytestmark = pytest.mark.unit

UUID4 = "0197c0f6-7d1c-4c3e-9b6a-3f0f5c1a2b4d"


def _report(*parts, project=None, **run):
    """A file of the format below: its parts, and then its run."""
    told = [[type(part).__name__, *vars(part).values()] for part in parts]
    return b"report" + orjson.dumps([*told, ["Run", run, "the run", project]], default=list)


def _read_report(file, name):
    text = file.read().removeprefix(b"report")
    if text == b"broken":
        raise Invalid("line 3: it is broken")
    for kind, *values in orjson.loads(text):
        if kind == "File":
            values[3] = [piece.encode() for piece in values[3]]
        yield getattr(report, kind)(*values)


FORMAT = report.Format("report", lambda head, _name: head.startswith(b"report"), _read_report)
"""So that the tests do not depend on what any real format is like."""


def _result(key="0", **body):
    return report.Result(body, key, f"case {key}", "suite")


def _file(key, name, text):
    return report.File(key, name, f"{name}.log", [text])


def _parse(members, pack=zipped):
    return list(_parts(io.BytesIO(pack(members))))


def _parts(file):
    """Files are read when they come: later they cannot be."""
    for part in bundle.bundle_of((FORMAT,)).parse(file, "reports.zip"):
        if isinstance(part, report.File):
            yield report.File(part.key, part.name, part.filename, list(part.content))
        else:
            yield part


def _of(kind, members):
    return [part for part in _parse(members) if isinstance(part, kind)]


def _run(members):
    (run,) = _of(report.Run, members)
    return run


def _warnings(members):
    return [part.text for part in _of(report.Warned, members)]


@pytest.mark.parametrize("pack", [zipped, tar])
def test_reports_of_several_modules_are_one_run_with_the_results_of_all(pack):
    members = {
        "shop/target/a": _report(_result("0", test_id="x"), _result("1", test_id="y"), duration=1.5),
        "cart/target/b": _report(_result("0", test_id="x"), duration=2),
    }
    assert _parse(members, pack) == [
        report.Result({"test_id": "x"}, "1/0", "shop/target/a: case 0", "suite"),
        report.Result({"test_id": "y"}, "1/1", "shop/target/a: case 1", "suite"),
        report.Result({"test_id": "x"}, "2/0", "cart/target/b: case 0", "suite"),
        report.Run(
            {"id": None, "start_time": None, "duration": 3.5, "source": None, "metadata": {}}, "the run"
        ),
    ]


def test_reports_are_read_from_their_beginning_however_long_they_are():
    results = [_result(str(number), text="x" * 1000) for number in range(300)]
    assert len(_of(report.Result, {"a": _report(*results), "b": _report(*results)})) == 600


def test_files_follow_the_results_and_those_of_the_run_are_told_apart():
    parts = [_result("0"), _file("0", "traceback", "boom"), _file(None, "output", "printed")]
    assert _of(report.File, {"a/1.xml": _report(*parts), "b/1.xml": _report(*parts)}) == [
        report.File("1/0", "traceback", "traceback.log", [b"boom"]),
        report.File(None, "1/output", "1.xml output.log", [b"printed"]),
        report.File("2/0", "traceback", "traceback.log", [b"boom"]),
        report.File(None, "2/output", "1.xml output.log", [b"printed"]),
    ]


def test_the_run_starts_with_the_earliest_report():
    members = {
        "a": _report(start_time="2026-01-02T03:04:05+02:00"),
        "b": _report(start_time=None),
        "c": _report(start_time="2026-01-02T02:00:00"),
    }
    assert _run(members).body["start_time"] == "2026-01-02T01:04:05+00:00"


def test_the_run_has_the_metadata_and_the_source_in_which_the_reports_do_not_differ():
    members = {
        "a": _report(metadata={"build": "7", "browser": "firefox", "only": "a"}, source="ci"),
        "b": _report(metadata={"build": "7", "browser": "chrome"}),
        "c": _report(metadata={"build": "7", "browser": "firefox"}, source="ci"),
    }
    run = _run(members).body
    assert (run["metadata"], run["source"]) == ({"build": "7", "only": "a"}, "ci")


def test_reports_of_different_sources_have_none():
    assert _run({"a": _report(source="ci"), "b": _report(source="local")}).body["source"] is None


def test_more_metadata_than_a_run_can_hold_is_left_out_with_a_warning(monkeypatch):
    monkeypatch.setattr(agreement, "METADATA_BYTES", 40)
    members = {"a": _report(metadata={"build": "7", "log": "x" * 100})}
    assert _run(members).body["metadata"] == {"build": "7"}
    assert _warnings(members) == [
        "The reports have more metadata than a run can hold: the run has only some of it"
    ]


def test_project_is_what_those_reports_say_that_name_one():
    assert _run({"a": _report(project="shop"), "b": _report()}).project == "shop"


def test_reports_of_different_projects_name_none():
    members = {"a": _report(project="shop"), "b": _report(project="cart")}
    assert _run(members).project is None
    assert _warnings(members) == ["The reports name different projects: none of them counts"]


def test_id_of_a_report_is_that_of_the_run_only_where_there_is_no_other():
    assert _run({"a": _report(id=UUID4)}).body["id"] == UUID4
    assert _run({"a": _report(id=UUID4), "b": _report()}).body["id"] is None


def test_what_is_no_report_is_left_out_with_a_warning():
    members = {
        "a.log": b"text",
        "img/b.png": b"\x89PNG",
        "inner.zip": zipped({"c": _report()}),
        "d": _report(),
    }
    assert _warnings(members) == [
        "a.log: is no report and was left out",
        "img/b.png: is no report and was left out",
        "inner.zip: is an archive inside of the archive and was left out",
    ]


def test_of_many_files_that_are_no_reports_the_number_is_told():
    members = {f"{number}.log": b"text" for number in range(bundle.LISTED + 7)} | {"d": _report()}
    found = _warnings(members)
    assert len(found) == bundle.LISTED + 1
    assert found[-1] == "and 7 more files that are no reports were left out"


def test_warnings_name_the_report():
    assert _warnings({"a/b": _report(report.Warned("case 1: is odd"))}) == ["a/b: case 1: is odd"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "The archive holds no report that can be read, it is empty"),
        ({"a.log": b"x", "b/c": b"y"}, "no report that can be read, only a.log, b/c"),
        ({"a.tar.gz": tar({"b": _report()})}, "no report that can be read, only a.tar.gz (an archive)"),
        ({str(number): b"" for number in range(22)}, "18, 19 and 2 more files"),
        ({"a": _report(), "b/c": b"reportbroken"}, "b/c: line 3: it is broken"),
    ],
    ids=["empty", "others", "archive", "many", "broken"],
)
def test_bundle_of_which_nothing_can_be_made_is_refused(members, reason):
    with pytest.raises(Invalid) as refused:
        _parse(members)
    assert reason in refused.value.message


PLUGIN = {f"{UUID4}/{UUID4}/result.json": orjson.dumps(result_json())}
ALLURE = {"allure-results/1-result.json": b"{}"}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({f"{UUID4}/run.json": orjson.dumps(run_json())}, "archive"),
        ({"readme.txt": b"x" * 100_000, **PLUGIN}, "archive"),
        ({f"{UUID4}/{UUID4}/my-result.json": b"x", **PLUGIN}, "archive"),
        (ALLURE, "allure"),
        ({"allure-results/a-attachment.png": b"x" * 100_000, **ALLURE}, "allure"),
        ({"1-result.json": b"{}"}, "allure"),
        ({"run.json": b"{}", "a/result.json": b"{}"}, "bundle"),
        ({"a.xml": b"<testsuite/>"}, "bundle"),
        ({}, "bundle"),
    ],
    ids=["run", "result", "attached", "allure", "attachment-first", "allure-flat", "other", "junit", "empty"],
)
@pytest.mark.parametrize("pack", [zipped, tar])
def test_members_tell_what_an_archive_is(pack, members, kind):
    assert importers.archive_kind(io.BytesIO(pack(members)), "x") == kind


def test_format_of_an_archive_is_what_its_members_tell():
    file = io.BytesIO(zipped(PLUGIN))
    assert [importers.format_of(name, file, "x").name for name in ("archive", "junit")] == [
        "archive",
        "junit",
    ]
    assert importers.format_of("archive", io.BytesIO(zipped({"a": b"x"})), "x").name == "bundle"


SAMPLES = sorted(path for path in (Path(__file__).parent / "samples").glob("*/*") if path.suffix != ".md")
REPORTS = [
    path
    for path in SAMPLES
    if importers.recognise(path.read_bytes()[: importers.HEAD_BYTES], path.name)
    in {one.name for one in importers.OF_ONE_FILE}
]


def _results_of(name, content, filename):
    """The bodies of results, or why there are none."""
    file = io.BytesIO(content)
    found = importers.format_of(name, file, filename)
    try:
        return [part.body for part in found.parse(file, filename) if isinstance(part, report.Result)]
    except Invalid as error:
        return error.message.removeprefix(f"{filename}: ")


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_reports_of_every_format_are_in_a_bundle_what_they_are_alone(path):
    content = path.read_bytes()
    name = importers.recognise(content[: importers.HEAD_BYTES], path.name)
    alone = _results_of(name, content, path.name)
    assert _results_of("archive", zipped({path.name: content}), path.name) == alone
