"""Archives of any kind: what is in them, however they are packed, and how bad ones are refused."""

import io
import random
import tracemalloc
from functools import partial

import pytest
from helpers.reports import tar, zipped

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import container, member

pytestmark = pytest.mark.unit

PACKERS = {"tar": partial(tar, mode="w"), "tar.gz": tar, "zip": zipped}
NOISE = random.Random(1).randbytes(300_000)
"""Which cannot be packed any smaller."""


@pytest.fixture(params=PACKERS)
def pack(request):
    return PACKERS[request.param]


def _contents(content):
    return [(one.path, one.size, b"".join(one.content)) for one in container.members(io.BytesIO(content))]


def test_members_are_told_with_their_content(pack):
    content = pack({"a/b.txt": b"one", "empty": b"", "noise": NOISE})
    assert _contents(content) == [
        (("a", "b.txt"), 3, b"one"),
        (("empty",), 0, b""),
        (("noise",), len(NOISE), NOISE),
    ]


def test_an_archive_is_recognised_by_its_beginning(pack):
    assert importers.recognise(pack({"a": b"x"})[:600], "no-name") == "archive"


def test_an_archive_can_be_read_again(pack):
    file = io.BytesIO(pack({"a": b"1", "b": b"2"}))
    passes = [[one.path for one in container.members(file)] for _ in range(2)]
    assert passes == [[("a",), ("b",)]] * 2


def test_contents_that_nobody_reads_are_skipped(pack):
    file = io.BytesIO(pack({"noise": NOISE, "b": b"2"}))
    assert [b"".join(one.content) for one in container.members(file) if one.path == ("b",)] == [b"2"]


def test_a_member_is_a_file_that_is_read_forward(pack):
    members = container.members(io.BytesIO(pack({"noise": NOISE})))
    file = container.as_file(next(members).content)
    assert (file.read(10), file.read(100_000), file.read()) == (
        NOISE[:10],
        NOISE[10:100_010],
        NOISE[100_010:],
    )


def test_an_archive_with_nothing_in_it_has_no_members(pack):
    assert _contents(pack({})) == []


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "a\\..\\b", "..", "."])
def test_paths_that_lead_out_of_the_archive_are_refused(pack, name):
    with pytest.raises(Invalid, match="is no path inside it"):
        _contents(pack({name: b"x"}))


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.9])
def test_what_is_cut_off_is_refused_also_while_a_content_is_read(pack, keep):
    content = pack({"noise": NOISE})
    with pytest.raises(Invalid, match="damaged or cut off"):
        _contents(content[: int(len(content) * keep)])


@pytest.mark.parametrize("name", ["tar.gz", "zip"])
def test_content_with_a_wrong_checksum_is_refused(name):
    content = bytearray(PACKERS[name]({"noise": NOISE}))
    content[len(content) // 2] ^= 1
    with pytest.raises(Invalid, match="damaged or cut off"):
        _contents(bytes(content))


@pytest.mark.parametrize("name", ["tar.gz", "zip"])
def test_a_bomb_is_stopped_within_little_memory(name):
    content = PACKERS[name]({"zeros": bytes(200 * 2**20)})

    def size():
        return sum(len(piece) for one in container.members(io.BytesIO(content)) for piece in one.content)

    tracemalloc.start()
    with pytest.raises(Invalid, match="unpacks to far more than its size"):
        size()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 2**20


def test_an_archive_that_unpacks_to_too_much_is_refused(pack, monkeypatch):
    monkeypatch.setattr(member, "UNPACKED_BYTES", 100_000)
    with pytest.raises(Invalid, match="unpacks to far more than its size"):
        _contents(pack({"noise": NOISE}))
