"""XML as a stream: what it may be written in, what is repaired, and what is refused."""

import io

import pytest

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report, xml

pytestmark = pytest.mark.unit

TEXT = "<a b='ü☃'>zählt 😀\n</a>"


class _Reader:
    def __init__(self):
        self.told = []

    def start(self, tag, attributes):
        self.told.append((tag, attributes))

    def end(self, tag):
        self.told.append(f"/{tag}")

    def data(self, text):
        if self.told and isinstance(self.told[-1], str) and not self.told[-1].startswith("/"):
            text = self.told.pop() + text
        self.told.append(text)

    def take(self):
        return []


class _Slow(io.BytesIO):
    """Every piece is as small as can be."""

    def read(self, _size=-1):
        return super().read(1)


def _read(content, file=io.BytesIO):
    reader = _Reader()
    warned = [part.text for part in xml.read(file(content), reader) if isinstance(part, report.Warned)]
    return reader.told, warned


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-32"),
        ("UTF-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("GB18030", "gb18030"),
    ],
)
def test_encoding_is_found(said, written):
    declaration = f"<?xml version='1.0' encoding='{said}'?>" if said else ""
    told = [("a", {"b": "ü☃"}), "zählt 😀\n", "/a"]
    assert _read(f"{declaration}{TEXT}".encode(written)) == (told, [])


def test_encoding_of_one_byte_is_read():
    content = "<?xml version='1.0' encoding='ISO-8859-15'?><a>5 €</a>".encode("iso-8859-15")
    assert _read(content) == ([("a", {}), "5 €", "/a"], [])


@pytest.mark.parametrize("said", ["klingon", "zlib", "idna", "unicode_escape", "cp037"])
def test_encoding_that_is_none_is_refused(said):
    with pytest.raises(Invalid, match="line 1: the XML cannot be read, "):
        _read(f"<?xml version='1.0' encoding='{said}'?><a/>".encode())


@pytest.mark.parametrize("file", [io.BytesIO, _Slow])
class TestCharacters:
    def test_forbidden_ones_are_replaced_and_told(self, file):
        content = "<a>\n\n\0\x1b[0m &#27;&#x1B;&#0;&#xD83D; \uffff</a>".encode()
        told, warned = _read(content, file)
        assert told[1] == "\n\n\ufffd\ufffd[0m \ufffd\ufffd\ufffd\ufffd \ufffd"
        assert warned == ["line 3: 7 characters that XML does not allow were replaced from here on"]

    def test_allowed_ones_stay(self, file):
        told, warned = _read("<a>&#9;&#10;&#xe9;&#128512;&amp;#27; \ufffd \x7f &lt;</a>".encode(), file)
        assert (told[1], warned) == ("\t\né😀&#27; \ufffd \x7f <", [])

    def test_bytes_of_another_encoding_are_replaced_and_told(self, file):
        told, warned = _read(b"<a>\ncaf\xe9 caf\xc3\xa9</a>", file)
        assert told[1] == "\ncaf\ufffd café"
        assert warned == ["line 2: bytes that are no utf-8 were replaced from here on"]

    def test_end_in_the_middle_of_a_character_is_broken_xml(self, file):
        with pytest.raises(Invalid, match="line 1: the XML is broken"):
            _read("<a>é".encode()[:-1], file)


def test_namespaces_are_left_out_of_tags():
    told, _ = _read(b"<n:a xmlns:n='urn:n' n:b='1' c='2'><d xmlns='urn:d'/></n:a>")
    assert told == [("a", {"urn:n}b": "1", "c": "2"}), ("d", {}), "/d", "/a"]


def test_long_text_is_no_endless_tag(monkeypatch):
    monkeypatch.setattr(xml, "TAG_BYTES", 100)
    told, _ = _read(b"<a>" + b"x" * 500_000 + b"<![CDATA[" + b"y" * 500_000 + b"]]></a>")
    assert sum(map(len, told[1:-1])) == 1_000_000


def test_endless_names_are_refused():
    content = b"<a>" + b"".join(b"<b%d/>" % number for number in range(xml.NAMES + 1)) + b"</a>"
    with pytest.raises(Invalid, match="different names of elements and attributes"):
        _read(content)


def test_error_of_the_reader_says_the_line():
    class Picky(_Reader):
        def start(self, tag, _attributes):
            raise Invalid(f"no {tag} here")

    with pytest.raises(Invalid, match="line 3: no a here"):
        list(xml.read(io.BytesIO(b"\n\n<a/>"), Picky()))


def test_root_shows_even_where_the_encoding_is_none():
    assert xml.root_of(b"<?xml version='1.0' encoding='klingon'?><testsuite/>") == "testsuite"
