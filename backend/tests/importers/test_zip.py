"""Zip archives: what is special about them, and how hostile ones are stopped."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from helpers.reports import zipped

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import zip as packed

pytestmark = pytest.mark.unit


def _contents(content):
    return {one.place: b"".join(one.content) for one in packed.members(io.BytesIO(content))}


def _with(**values):
    """An archive of one member with these fields."""
    made, member = io.BytesIO(), zipfile.ZipInfo("a.txt")
    for name, value in values.items():
        setattr(member, name, value)
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr(member, b"content")
    return made.getvalue()


def _patched(content, fields):
    """The archive with these bytes at these places behind the beginning of its list of members."""
    patched = bytearray(content)
    start = content.index(packed.ENTRY)
    for place, data in fields.items():
        patched[start + place : start + place + len(data)] = data
    return bytes(patched)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_and_deflated_members_are_read(method):
    assert _contents(zipped({"a.txt": b"content"}, compression=method)) == {"a.txt": b"content"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method):
    with pytest.raises(Invalid, match=rf"'a.txt', which is compressed by method {method}"):
        _contents(zipped({"a.txt": b"content"}, compression=method))


def test_folders_are_skipped():
    assert _contents(zipped({"a/": b"", "a/b": b"x"})) == {"a/b": b"x"}


def test_names_may_be_of_any_language():
    assert _contents(zipped({"отчёт/報告.xml": b"x"})) == {"отчёт/報告.xml": b"x"}


def test_what_precedes_the_archive_does_not_matter_once_it_is_one():
    assert _contents(b"PK\x03\x04 of something else" + zipped({"a": b"x"})) == {"a": b"x"}


def test_a_comment_at_the_end_does_not_matter():
    made = io.BytesIO(zipped({"a": b"x"}))
    with zipfile.ZipFile(made, "a") as opened:
        opened.comment = b"made by a tool" * 100
    assert _contents(made.getvalue()) == {"a": b"x"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(Invalid, match="no plain file"):
        _contents(_with(create_system=3, external_attr=(kind | 0o777) << 16))


@pytest.mark.parametrize("flags", [0x1, 0x41, 0x2000])
def test_encrypted_members_are_refused(flags):
    with pytest.raises(Invalid, match=r"'a\.txt', which is encrypted"):
        _contents(_patched(zipped({"a.txt": b"x"}), {8: struct.pack("<H", flags)}))


def test_a_nul_in_a_name_is_refused():
    content = zipped({"a.txt": b"x"}).replace(b"a.txt", b"a.t\0t")
    with pytest.raises(Invalid, match="no path inside it"):
        _contents(content)


@pytest.mark.parametrize(
    ("place", "data"),
    [
        (0, b"XX"),
        (6, b"\xff"),
        (16, b"\0\0\0\0"),
        (20, b"\1\0\0\0"),
        (24, b"\1\0\0\0"),
        (28, b"\1\0"),
        (42, b"\xff\xff\0\0"),
        (46, b"b"),
    ],
    ids=["mark", "version", "checksum", "packed-size", "size", "name-size", "place", "name"],
)
def test_a_list_that_does_not_tell_the_truth_is_refused(place, data):
    with pytest.raises(Invalid, match="damaged or cut off"):
        _contents(_patched(zipped({"a.txt": b"some content"}), {place: data}))


def test_a_name_that_is_no_utf_8_is_refused_as_damage():
    content = zipped({"ä": b"x"}).replace("ä".encode(), b"\xff\xfe")
    with pytest.raises(Invalid, match="damaged or cut off"):
        _contents(content)


def test_a_size_beyond_every_measure_is_refused():
    content = _patched(zipped({"a.txt": b"x"}), {24: b"\xfe\xff\xff\xff"})
    with pytest.raises(Invalid, match="unpacks to far more than its size"):
        _contents(content)


def _overlapping(count, content):
    """Like those of David Fifield: every entry of the list is the same member."""
    kernel = zipped({"reports/junit.xml": content})
    start, end = kernel.index(packed.ENTRY), kernel.rindex(b"PK\x05\x06")
    entries = kernel[start:end] * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entries), start, 0)
    return kernel[:start] + entries + end


def test_members_that_share_their_bytes_are_stopped_before_anything_is_unpacked():
    with pytest.raises(Invalid, match="unpacks to far more than its size"):
        next(packed.members(io.BytesIO(_overlapping(1000, bytes(20 * 2**20)))))


def test_more_members_than_allowed_are_refused_whatever_their_number_is_said_to_be():
    tracemalloc.start()
    with pytest.raises(Invalid, match="more than 100000 files"):
        _contents(_overlapping(packed.MEMBERS + 1, b""))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 2**20


def test_members_take_less_than_a_kilobyte_each_in_memory():
    count = packed.MEMBERS // 10
    content = _overlapping(count, b"")
    tracemalloc.start()
    opened = packed.members(io.BytesIO(content))
    assert next(opened).place == "reports/junit.xml"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1000 * count


def test_a_list_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(packed, "DIRECTORY_BYTES", 65_600)
    with pytest.raises(Invalid, match="list of files of more than 65600 bytes"):
        _contents(zipped({"a" * 200 + str(number): b"" for number in range(300)}))


def test_a_content_that_never_ends_stops_at_its_size():
    endless = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = endless.compress(bytes(10**6)) + endless.flush()
    content = _patched(zipped({"a": bytes(10**6)}), {24: struct.pack("<L", 10)})
    assert data in content
    with pytest.raises(Invalid, match="damaged or cut off"):
        _contents(content)
