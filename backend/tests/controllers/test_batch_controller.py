"""Batches over HTTP: what is stored, what is refused line by line, and what a repetition changes."""

import codecs
import gzip
import uuid

import orjson
import pytest
import zstandard
from helpers.assertions import assert_problem

from ibutsu_server.controllers import rows
from ibutsu_server.db.models import Artifact, Result, Run, Test
from ibutsu_server.domain import batches, counts, usage

pytestmark = pytest.mark.integration

RUN = "6f1c3f0e-8a4f-4d2e-9a53-0b7d1c9f2a10"
MEBIBYTE = 1024 * 1024
NDJSON = {"Content-Type": "application/x-ndjson"}


def _line(run=None, **values):
    body = {
        "id": str(uuid.uuid4()),
        "test_id": "test_pay",
        "result": "passed",
        "metadata": {"project": "shop"},
    }
    return body | ({"run_id": str(run)} if run else {}) | values


def _run_line(**values):
    return {"type": "run", "id": RUN, "metadata": {"project": "shop", "env": "qa"}} | values


def _ndjson(*lines):
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def _told(answer):
    return [(one["line"], one["field"]) for one in answer.json()["errors"]]


@pytest.fixture
def run(make_run, shop):
    return make_run(project_id=shop.id)


@pytest.fixture
def batch(flask_app, headers_of, jo, db_session, shop):
    client, _ = flask_app
    signed_in = headers_of(jo)

    def post(content=None, query="", **request):
        headers = signed_in | request.pop("headers", {} if "files" in request else NDJSON)
        answer = client.post(f"/api/results{query}", content=content, headers=headers, **request)
        db_session.expire_all()
        return answer

    return post


def test_results_are_stored_and_counted(batch, run):
    answer = batch(_ndjson(*(_line(run.id, test_id=f"t{i}", duration=1.5) for i in range(3))))
    assert answer.status_code == 201
    assert answer.json() == {
        "runs": 0, "accepted": 3, "replayed": 0, "rejected": 0, "artifacts": 0, "errors": [],
    }  # fmt: skip
    assert (run.tests, run.passes, run.duration) == (3, 3, 4.5)
    assert Test.query.count() == 3


def test_stored_result_is_the_same_as_if_it_had_been_posted_alone(batch, api, run):
    metadata = {"project": "shop", "env": "qa", "user_properties": {"browser": "firefox"}}
    line = _line(run.id, duration=0.25, start_time="2026-11-01T10:00:00Z", params={"n": 1}, metadata=metadata)
    batch(_ndjson(line))
    alone = api.post("/api/result", json=line | {"id": str(uuid.uuid4())}).json()
    together = api.get(f"/api/result/{line['id']}").json()
    assert together == alone | {"id": line["id"]}


def test_counts_equal_a_recount(batch, run):
    outcomes = ["passed", "failed", "error", "skipped", "xfailed", "xpassed", "manual", "blocked", None]
    batch(_ndjson(*(_line(run.id, result=outcome, duration=0.5) for outcome in outcomes)))
    counted = {name: getattr(run, name) for name in (*counts.OUTCOME_COLUMNS, "tests", "duration")}
    counts.recount(run.id)
    assert {name: getattr(run, name) for name in counted} == counted


def test_run_is_created_and_finished_by_the_batch(batch, api):
    lines = _run_line(), _line(RUN), _run_line(metadata={"project": "shop", "build": "7"}, source="ci")
    assert batch(_ndjson(*lines)).json()["runs"] == 2
    run = api.get(f"/api/run/{RUN}").json()
    assert (run["source"], run["summary"]["tests"], run["env"]) == ("ci", 1, "qa")
    assert run["metadata"] == {"project": "shop", "env": "qa", "build": "7"}


def test_repeated_batch_changes_nothing_and_says_so(batch):
    content = _ndjson(_run_line(), *(_line(RUN, duration=1) for _ in range(3)))
    batch(content)
    answer = batch(content)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["replayed"]) == (201, 0, 3)
    run = Run.query.one()
    assert (run.tests, run.duration, Result.query.count()) == (3, 3, 3)


def test_same_line_twice_is_stored_once(batch, run):
    line = _line(run.id)
    answer = batch(_ndjson(line, line))
    assert (answer.json()["accepted"], answer.json()["replayed"], run.tests) == (1, 1, 1)


def test_other_content_under_an_id_is_told(batch, run):
    line = _line(run.id)
    batch(_ndjson(line))
    answer = batch(_ndjson(line | {"result": "failed"}, _line(run.id)))
    assert answer.json()["accepted"] == 1
    assert answer.json()["errors"] == [
        {"line": 1, "id": line["id"], "field": "id", "message": f"Result id {line['id']} already exist"}
    ]
    assert (run.passes, run.failures) == (2, 0)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        (b"{", "", "no valid JSON"),
        (b"[1]", "", "no JSON object"),
        (b'{"type": "widget"}', "type", "type is one of result, run"),
        (b'{"type": 7}', "type", "type is one of result, run"),
        (b'{"test_id": "a"}', "id", "id is required"),
        (b'{"id": "7"}', "id", "is not a valid UUID"),
        (orjson.dumps(_line(id=str(uuid.UUID(int=1)), result="broken")), "result", "is not one of"),
        (orjson.dumps(_line(id=str(uuid.UUID(int=1)), colour="red")), "colour", "unexpected"),
        (
            orjson.dumps(_line(id=str(uuid.UUID(int=1)), metadata={"project": "no"})),
            "project",
            "Invalid project",
        ),
        (orjson.dumps(_line(id=str(uuid.UUID(int=1)), metadata={})), "project_id", "is required"),
        (orjson.dumps(_line(RUN, id=str(uuid.UUID(int=1)))), "run_id", "There is no run"),
        (orjson.dumps(_line("x", id=str(uuid.UUID(int=1)))), "run_id", "is not a valid UUID"),
        (orjson.dumps({"type": "run", "id": RUN}), "metadata", "is required"),
        (b'{"id": "%s", "test_id": "a\\u0000"}' % RUN.encode(), "test_id", "NUL"),
        (
            b'{"id": "%s", "metadata": %s1%s}' % (RUN.encode(), b'{"a":' * 150, b"}" * 150),
            "metadata",
            "Nested",
        ),
    ],
    ids=range(15),
)
def test_wrong_line_is_told_and_does_not_keep_the_others_out(batch, run, line, field, message):
    answer = batch(_ndjson(_line(run.id)) + line + b"\n\n" + _ndjson(_line(run.id)))
    assert answer.status_code == 201
    assert (answer.json()["accepted"], answer.json()["rejected"], run.tests) == (2, 1, 2)
    (told,) = answer.json()["errors"]
    assert (told["line"], told["field"].partition(".")[0]) == (2, field)
    assert message in told["message"]


@pytest.mark.validation
def test_strict_batch_with_a_wrong_line_stores_nothing(batch, run):
    answer = batch(_ndjson(_line(run.id), _line(run.id, result="broken")), "?strict=true")
    assert_problem(answer, 400, '1 line cannot be stored, so nothing was; line 2: "broken" is not one of')
    assert _told(answer) == [(2, "result")]
    assert (run.tests, Result.query.count()) == (0, 0)


@pytest.mark.validation
def test_batch_without_a_good_line_is_400(batch):
    answer = batch(b"\n7\nnonsense\n{}\n")
    assert_problem(answer, 400, "3 lines cannot be stored, so nothing was; line 2: This is no JSON object")
    assert _told(answer) == [(2, ""), (3, ""), (4, "id")]


@pytest.mark.validation
@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", b" [ ] ", codecs.BOM_UTF8])
def test_empty_batch_is_400(batch, content):
    assert_problem(batch(content), 400, "The batch is empty")


@pytest.mark.validation
def test_more_lines_than_a_batch_may_have_are_413_and_nothing_is_stored(batch, run, monkeypatch):
    monkeypatch.setattr(batches, "LINES", 5)
    monkeypatch.setattr(batches, "CHUNK", 2)
    assert_problem(batch(_ndjson(*(_line(run.id) for _ in range(6)))), 413, "at most 5 lines")
    assert (run.tests, Result.query.count()) == (0, 0)


def test_project_of_the_query_is_that_of_lines_without_one(batch, shop):
    answer = batch(_ndjson(_line(metadata={})), "?project=shop")
    assert (answer.json()["accepted"], Result.query.one().project_id) == (1, shop.id)


def test_lines_for_projects_of_others_are_refused(batch, other, make_run):
    foreign = make_run(project_id=other.id)
    lines = (
        _line(project_id=str(other.id), metadata={}),
        _line(foreign.id),
        _run_line(metadata={"project": "other"}),
        _run_line(id=str(foreign.id)),
        _line(),
    )
    answer = batch(_ndjson(*lines))
    assert answer.json()["accepted"] == 1
    assert [number for number, _ in _told(answer)] == [1, 2, 3, 4]
    assert Result.query.filter_by(project_id=other.id).count() == 0


def test_run_of_somebody_else_is_changed_by_maintainers_only(
    flask_app, headers_of, make_user, make_run, make_project
):
    reporter = make_user()
    project = make_project(name="bakery", users=[reporter], role="reporter")
    run = make_run(project_id=project.id, source="local")
    client, _ = flask_app
    change = {"type": "run", "id": str(run.id), "source": "mine"}
    lines = _ndjson(change, _line(run.id, metadata={"project": "bakery"}))
    answer = client.post("/api/results", content=lines, headers=headers_of(reporter) | NDJSON)
    assert answer.json()["accepted"] == 1
    assert "needs the role maintainer" in answer.json()["errors"][0]["message"]


def test_result_of_an_unlimited_batch_has_a_run_of_its_own_project(batch, make_run, make_project, jo):
    elsewhere = make_run(project_id=make_project(name="bakery", users=[jo]).id)
    answer = batch(_ndjson(_line(elsewhere.id), _line()))
    assert (answer.json()["accepted"], _told(answer)) == (1, [(1, "run_id")])


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress)],
)
def test_packed_batch_is_unpacked(batch, run, encoding, pack):
    content = pack(_ndjson(*(_line(run.id) for _ in range(50))))
    assert batch(content, headers=NDJSON | {"Content-Encoding": encoding}).json()["accepted"] == 50


@pytest.mark.validation
@pytest.mark.parametrize(
    ("encoding", "content", "status", "message"),
    [
        ("br", b"x", 415, "Content-Encoding br is not known"),
        ("gzip", b"no gzip", 400, "cannot be unpacked"),
        ("gzip", gzip.compress(b"{}" * 999, mtime=0)[:-20], 400, "cannot be unpacked"),
        ("zstd", b"no zstd at all", 400, "cannot be unpacked"),
    ],
    ids=["unknown", "no gzip", "cut off", "no zstd"],
)
def test_batch_that_cannot_be_unpacked_is_refused(batch, encoding, content, status, message):
    assert_problem(batch(content, headers=NDJSON | {"Content-Encoding": encoding}), status, message)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b" " * 300 * MEBIBYTE, "application/x-ndjson", "A line of a batch has at most"),
        (b"\n" * 300 * MEBIBYTE, "application/x-ndjson", "at most 50000 lines"),
        (b"[" + b" " * 300 * MEBIBYTE, "application/json", "unpacked"),
        (b"[" + b"[" * 300 * MEBIBYTE, "application/json", "An element of a batch has at most"),
    ],
    ids=["line", "blank lines", "space", "brackets"],
)
def test_bomb_is_413(batch, content, kind, message):
    bomb = gzip.compress(content, compresslevel=1)
    assert_problem(batch(bomb, headers={"Content-Type": kind, "Content-Encoding": "gzip"}), 413, message)


@pytest.mark.parametrize("spaces", [b"", b"\n  "])
def test_json_array_is_as_good_as_lines(batch, run, spaces):
    lines = [orjson.dumps(_line(run.id, test_id="ä" * i)) for i in range(40)]
    content = spaces + b"[" + spaces + (b"," + spaces).join(lines) + spaces + b"]" + spaces
    assert batch(content, headers={"Content-Type": "application/json"}).json()["accepted"] == 40


def test_array_is_read_piece_by_piece(batch, run, monkeypatch):
    monkeypatch.setattr(rows, "READ_BYTES", 7)
    content = b"[" + b",".join(orjson.dumps(_line(run.id, test_id="ä" * i)) for i in range(5)) + b"]"
    assert batch(content, headers={"Content-Type": "application/json"}).json()["accepted"] == 5


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("join", [_ndjson, lambda *lines: orjson.dumps(lines)], ids=["lines", "array"])
def test_byte_order_mark_is_skipped(batch, run, join, encoding):
    pack = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}.get(encoding, bytes)
    content = pack(codecs.BOM_UTF8 + join(_line(run.id), _line(run.id)))
    answer = batch(content, headers=NDJSON | {"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (201, 2, 0)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"id": 1}', "broken or cut off"),
        (b'[{"id": 1},]', "broken or cut off"),
        (b'[{"id": 1} {"id": 2}]', "broken or cut off"),
        (b"[{}] {}", "behind the end"),
        (b'[{"id": "\xff"}]', "no UTF-8"),
        (b"[1, 12]", "nothing was"),
    ],
)
def test_broken_array_is_400_and_nothing_is_stored(batch, content, message):
    assert_problem(batch(content, headers={"Content-Type": "application/json"}), 400, message)


def test_files_come_with_their_results(batch, api, run):
    line = _line(run.id)
    parts = [
        ("results", ("batch.ndjson", _ndjson(line))),
        (line["id"], ("traceback.log", b"tb")),
        (line["id"], ("screen.png", b"x" * 300_000)),
        (str(run.id), ("build.log", b"built")),
    ]
    assert batch(files=parts).json()["artifacts"] == 3
    found = api.get("/api/artifact", params={"resultId": line["id"]}).json()["artifacts"]
    contents = {one["filename"]: api.get(f"/api/artifact/{one['id']}/download").content for one in found}
    assert contents == {"traceback.log": b"tb", "screen.png": b"x" * 300_000}
    (of_run,) = api.get("/api/artifact", params={"runId": str(run.id)}).json()["artifacts"]
    assert api.get(f"/api/artifact/{of_run['id']}/view").content == b"built"


def test_files_of_a_repeated_batch_are_stored_once(batch, run):
    line = _line(run.id)
    parts = [("results", ("b", _ndjson(line))), (line["id"], ("a.log", b"a")), (line["id"], ("b.log", b"b"))]
    assert [batch(files=parts).json()["artifacts"] for _ in range(2)] == [2, 2]
    assert Artifact.query.count() == 2


@pytest.mark.validation
def test_other_bytes_under_the_name_of_a_file_are_409_and_nothing_is_stored(batch, run):
    line = _line(run.id)
    batch(files=[("results", ("b", _ndjson(line))), (line["id"], ("a.log", b"a"))])
    more = _line(run.id)
    again = [("results", ("b", _ndjson(more))), (line["id"], ("a.log", b"other"))]
    assert_problem(batch(files=again), 409, "already exist")
    assert run.tests == 1


@pytest.mark.validation
def test_other_bytes_under_one_name_in_one_batch_are_409_and_nothing_is_stored(batch, run):
    line = _line(run.id)
    files = [(line["id"], ("a.log", content)) for content in (b"one", b"other")]
    answer = batch(files=[("results", ("b", _ndjson(line))), *files])
    assert_problem(answer, 409, f"Another file a.log of {line['id']} already exist")
    assert (run.tests, Result.query.count(), Artifact.query.count()) == (0, 0, 0)


def test_same_file_twice_in_one_batch_is_stored_and_counted_once(batch, run):
    line = _line(run.id)
    files = [(line["id"], ("a.log", b"same"))] * 2
    answer = batch(files=[("results", ("b", _ndjson(line))), *files])
    assert (answer.status_code, Artifact.query.count()) == (201, 1)
    assert usage.stored_bytes(run.project_id) == 4


@pytest.mark.validation
def test_files_for_results_of_others_are_refused(batch, other, make_result):
    foreign = make_result(project_id=other.id)
    parts = [("results", ("b", _ndjson(_line()))), (str(foreign.id), ("a.log", b"a"))]
    assert_problem(batch(files=parts), 400, "that you can report to")
    assert Artifact.query.count() == 0


@pytest.mark.validation
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([("other", ("b", b"{}"))], "not a valid UUID"),
        ([(RUN, ("b", b"{}"))], "'results' is a required property"),
    ],
)
def test_form_without_lines_or_with_a_nameless_file_is_400(batch, parts, message):
    assert_problem(batch(files=parts), 400, message)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("name", "part"),
    [(RUN, ("", b"log")), (RUN, (None, b"log")), ("colour", (None, b"red"))],
    ids=["empty filename", "plain field", "unknown field"],
)
def test_part_that_is_no_file_is_400_and_nothing_is_stored(batch, run, name, part):
    answer = batch(files=[("results", ("b", _ndjson(_line(run.id)))), (name, part)])
    assert_problem(answer, 400, f"'{name}' must be sent as a file, with a filename")
    assert (answer.json()["errors"][0]["field"], Result.query.count()) == (name, 0)


@pytest.mark.validation
def test_lines_in_a_plain_field_are_400(batch, run):
    answer = batch(files=[("results", (None, _ndjson(_line(run.id))))])
    assert_problem(answer, 400, "'results' must be sent as a file, with a filename")


def test_batch_with_a_key_is_answered_the_same_again(batch, run):
    content = _ndjson(_line(run.id))
    answers = [batch(content, headers=NDJSON | {"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [one.json()["accepted"] for one in answers] == [1, 1]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert_problem(batch(_ndjson(_line()), headers=NDJSON | {"Idempotency-Key": "k1"}), 409, "key")


def test_large_batch_takes_a_number_of_statements_that_does_not_grow_with_its_lines(
    batch, run, count_statements
):
    def statements(lines):
        content = _ndjson(*(_line(run.id) for _ in range(lines)))
        with count_statements() as counted:
            batch(content)
        return len(counted)

    assert statements(800) <= statements(10) + 2
