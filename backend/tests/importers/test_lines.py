"""Lines of streams, whatever writes them."""

import io

import pytest

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import lines

pytestmark = pytest.mark.unit


def _lines(content):
    return list(lines.lines(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"one", [b"one"]),
        (b"one\ntwo\n", [b"one", b"two"]),
        (b"one\r\ntwo\rthree\n\n", [b"one", b"two", b"three", b""]),
        (b"\xef\xbb\xbfone\n", [b"one"]),
        ("ünï\r\ntwo".encode("utf-16"), ["ünï".encode(), b"two"]),
        (b"\xfe\xff" + "ünï\n".encode("utf-16-be"), ["ünï".encode()]),
        (b"one\x0btwo\x1c\xc2\x85three\n", [b"one\x0btwo\x1c\xc2\x85three"]),
    ],
    ids=["empty", "unended", "unix", "mixed", "marked", "utf-16", "big-endian", "other-separators"],
)
def test_lines_have_no_endings(content, expected):
    assert _lines(content) == expected


@pytest.mark.parametrize("size", [lines.READ_BYTES - 1, lines.READ_BYTES, 3 * lines.READ_BYTES])
def test_ending_in_two_pieces_is_one(size):
    assert _lines(b"a" * size + b"\r\nb\r\n") == [b"a" * size, b"b"]


def test_utf_16_is_read_in_pieces():
    text = "ü😀" * lines.READ_BYTES
    assert _lines(f"{text}\nend\n".encode("utf-16")) == [text.encode(), b"end"]


def test_line_without_end_is_refused_with_its_number(monkeypatch):
    monkeypatch.setattr(lines, "LINE_BYTES", 1000)
    with pytest.raises(Invalid, match="line 3 has more than 1000 bytes"):
        _lines(b"one\ntwo\n" + b"x" * 1001 + b"\nfour\n")


def test_line_of_the_largest_size_is_read(monkeypatch):
    monkeypatch.setattr(lines, "LINE_BYTES", 1000)
    assert _lines(b"x" * 1000 + b"\n") == [b"x" * 1000]


def test_head_in_utf_16_may_be_cut_within_a_character():
    assert lines.head("one\ntwo".encode("utf-16")[:-1])[0] == b"one"
