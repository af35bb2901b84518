"""Archives of the pytest plugin: what is read of good ones, and how bad ones are stopped."""

import io
import tarfile
import tracemalloc
from functools import partial

import pytest
from helpers.reports import archive, result_json, run_json, tar, zipped

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import archive as format_
from ibutsu_server.importers import report
from ibutsu_server.importers import tar as packed

pytestmark = pytest.mark.unit

RUN = "0197c0f6-7d1c-4c3e-9b6a-3f0f5c1a2b4d"
RESULT = "0197c0f6-7d1c-4c3e-9b6a-3f0f5c1a2b4e"


def _parse(content):
    return list(_parts(content))


def _parts(content):
    """Files are read when they come: later they cannot be."""
    for part in format_.parse(io.BytesIO(content), "x.tar.gz"):
        if isinstance(part, report.File):
            yield report.File(part.key, part.name, part.filename, [b"".join(part.content)])
        else:
            yield part


def _of(kind, content):
    return [part for part in _parse(content) if isinstance(part, kind)]


def _warnings(content):
    return [part.text for part in _of(report.Warned, content)]


def test_run_results_and_files_are_read_in_order():
    run, result = run_json(), result_json()
    parts = _parse(archive(run, {"run.log": b"r"}, (result, {"a.png": b"\x89PNG", "empty": b""})))
    assert parts == [
        report.Run(run, f"{run['id']}/run.json", None, may_exist=True),
        report.File(None, "run.log", "run.log", [b"r"]),
        report.Result(result, result["id"], f"{run['id']}/{result['id']}/result.json"),
        report.File(result["id"], "a.png", "a.png", [b"\x89PNG"]),
        report.File(result["id"], "empty", "empty", [b""]),
    ]


@pytest.mark.parametrize("pack", [tar, partial(tar, mode="w"), zipped], ids=["tar.gz", "tar", "zip"])
@pytest.mark.parametrize("prefix", ["", "./"])
def test_other_ways_to_pack_are_the_same(pack, prefix):
    content = pack({f"{prefix}{RUN}/run.json": b"{}"})
    assert importers.recognise(content[:65536], "x") == "archive"
    assert _of(report.Run, content)[0].body == {"id": RUN}


@pytest.mark.parametrize(
    ("values", "project"),
    [
        ({"metadata": {"project": "shop"}}, "shop"),
        ({"metadata": {"project": None}, "project_id": RUN}, RUN),
        ({"metadata": None}, None),
    ],
)
def test_project_is_what_run_json_says(values, project):
    assert _of(report.Run, archive(run_json(**values)))[0].project == project


def test_id_in_the_file_is_that_of_the_run_and_not_the_folder():
    run = run_json()
    assert _of(report.Run, archive(run, folder=RUN))[0].body["id"] == run["id"]


def test_result_in_a_folder_of_another_name_keeps_its_files():
    result = result_json()
    content = tar({
        f"{RUN}/run.json": b"{}",
        f"{RUN}/{RESULT}/result.json": b'{"id": "%s"}' % result["id"].encode(),
        f"{RUN}/{RESULT}/a.log": b"a",
    })  # fmt: skip
    parts = _parse(content)
    assert (parts[1].body["id"], parts[1].key, parts[2].key) == (result["id"], RESULT, RESULT)


def test_files_that_lie_deeper_are_files_of_the_same_owner():
    content = tar({f"{RUN}/run.json": b"{}", f"{RUN}/logs/a.log": b"1", f"{RUN}/{RESULT}/x/b.log": b"2"})
    assert _of(report.File, content) == [
        report.File(None, "logs/a.log", "a.log", [b"1"]),
        report.File(RESULT, "x/b.log", "b.log", [b"2"]),
    ]


def test_name_that_ends_in_run_json_is_a_file():
    assert [part.filename for part in _of(report.File, archive(run_json(), {"my-run.json": b"{}"}))] == [
        "my-run.json"
    ]


def test_archive_without_run_json_has_a_run_and_a_warning():
    content = tar({f"{RUN}/{RESULT}/result.json": b"{}"})
    assert _of(report.Run, content)[0].body == {"id": RUN}
    assert _warnings(content) == ["There is no run.json: the run has only what its results tell"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "is no valid JSON"),
        (b"[]", "is no JSON object"),
        (b'{"a": NaN}', "is no valid JSON"),
        (b'{"error": "serialization_failed", "result_id": "x"}', "the plugin failed to write it"),
    ],
)
def test_result_that_cannot_be_read_is_left_out_with_a_warning(content, reason):
    found = _warnings(tar({f"{RUN}/run.json": b"{}", f"{RUN}/{RESULT}/result.json": content}))
    assert len(found) == 1
    assert found[0].startswith(f"{RUN}/{RESULT}/result.json: {reason}")


def test_run_that_the_plugin_failed_to_write_is_one_of_its_folder():
    content = tar({f"{RUN}/run.json": b'{"error": "serialization_failed", "run_id": "x"}'})
    assert _of(report.Run, content)[0].body == {"id": RUN}
    assert "failed to write" in _warnings(content)[0]


def test_what_lies_outside_of_the_run_is_left_out_with_a_warning():
    content = tar({"readme.txt": b"x", "notes/a.txt": b"x", f"{RUN}/run.json": b"{}"})
    assert [text.partition(":")[0] for text in _warnings(content)] == ["readme.txt", "notes/a.txt"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"readme.txt": b"x"}, "holds no run"),
        ({f"{RUN}/run.json": b"{"}, f"{RUN}/run.json: is no valid JSON"),
        ({f"{RUN}/run.json": b"{}", f"{RESULT}/run.json": b"{}"}, "more than one run"),
        ({f"{RUN}/run.json": b"{}", f"./{RUN}/run.json": b"{}"}, "is there twice"),
        ({"/etc/passwd": b"x"}, "no path inside it"),
        ({f"{RUN}/../../x": b"x"}, "no path inside it"),
        ({f"{RUN}\\..\\x": b"x"}, "no path inside it"),
    ],
)
def test_archive_that_is_wrong_as_a_whole_is_refused(members, reason):
    with pytest.raises(Invalid) as refused:
        _parse(tar(members))
    assert reason in refused.value.message


def _special(kind, **values):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        member = tarfile.TarInfo(f"{RUN}/link")
        member.type = kind
        for name, value in values.items():
            setattr(member, name, value)
        opened.addfile(member)
    return made.getvalue()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(kind):
    with pytest.raises(Invalid, match="no plain file"):
        _parse(_special(kind, linkname="/etc/passwd"))


@pytest.mark.parametrize("cut", [100, 600, -10, -1])
def test_archive_that_is_cut_off_is_refused(cut):
    content = archive(run_json(), {"a.bin": bytes(range(256)) * 10})
    with pytest.raises(Invalid, match="damaged or cut off"):
        _parse(content[:cut])


def test_damage_in_the_middle_is_not_taken_for_the_end():
    content = bytearray(tar({f"{RUN}/run.json": b"{}", f"{RUN}/a": b"x", f"{RUN}/b": b"y"}, mode="w"))
    content[1024 + 148 : 1024 + 156] = b"garbage!"
    with pytest.raises(Invalid, match="damaged or cut off"):
        _parse(bytes(content))


def test_wrong_checksum_is_noticed():
    content = bytearray(tar({f"{RUN}/run.json": b"{}"}))
    content[-6] ^= 1
    with pytest.raises(Invalid, match="damaged or cut off"):
        _parse(bytes(content))


def test_gzip_bomb_is_stopped_within_little_memory():
    content = tar({f"{RUN}/run.json": b"{}", f"{RUN}/zeros": bytes(200 * 2**20)})

    def size_of_files():
        parts = format_.parse(io.BytesIO(content), "x.tar.gz")
        return sum(len(piece) for part in parts if isinstance(part, report.File) for piece in part.content)

    tracemalloc.start()
    with pytest.raises(Invalid, match="unpacks to far more than its size"):
        size_of_files()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_header_that_claims_to_be_huge_is_not_read_into_memory():
    with pytest.raises(Invalid, match="header of more than"):
        _parse(_special(tarfile.GNUTYPE_LONGNAME, size=packed.HEADER_BYTES + 1))


def _with_headers(count=1, **headers):
    """An archive with so many extended headers before its only file."""
    headers_ = {name.replace("_", "."): value for name, value in headers.items()}
    member = tarfile.TarInfo("a")
    member.pax_headers = headers_
    content = member.tobuf(tarfile.PAX_FORMAT)
    return content[:-512] * count + content[-512:] + bytes(1024)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_with_headers(GNU_sparse_major="1", GNU_sparse_minor="0"), "one with holes"),
        (_special(tarfile.GNUTYPE_SPARSE, size=600), "one with holes"),
        (_with_headers(GNU_sparse_size="many", GNU_sparse_map="0,1"), "damaged or cut off"),
        (_with_headers(count=2000, comment="x"), "damaged or cut off"),
    ],
    ids=["map-in-content", "map-of-gnu", "no-number", "nested"],
)
def test_headers_that_lead_astray_are_refused(content, reason):
    with pytest.raises(Invalid, match=reason):
        _parse(content)


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(packed, "MEMBERS", 3)
    with pytest.raises(Invalid, match="more than 3 files"):
        _parse(archive(run_json(), {str(i): b"" for i in range(5)}))


def test_json_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(format_, "JSON_BYTES", 10)
    with pytest.raises(Invalid, match=r"run\.json: has more than 10 bytes"):
        _parse(archive(run_json()))


def test_result_that_is_nested_endlessly_is_left_out_with_a_warning():
    deep = b'{"params": ' + b'{"a":' * 300 + b"1" + b"}" * 301
    content = tar({f"{RUN}/run.json": b"{}", f"{RUN}/{RESULT}/result.json": deep})
    assert _of(report.Result, content) == []
    assert "Nested more than 100 levels deep; it was left out" in _warnings(content)[0]
