"""JSON as a stream: what is read of documents of any size, and how broken and hostile ones are stopped."""

import io
import re
import tracemalloc

import pytest

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import json_source, json_stream
from ibutsu_server.importers.json_stream import Cut, Mark, top_level

pytestmark = pytest.mark.unit

ITEMS = re.compile(r"tests\.item")


def _read(content, wanted=ITEMS):
    return list(json_stream.read(io.BytesIO(content), wanted))


def _items(content):
    return [value for path, value in _read(content) if path == "tests.item"]


def test_items_and_scalars_beside_them_come_in_the_order_of_the_document():
    assert _read(b'{"a": 1, "b": {"c": [true, null]}, "tests": [{"x": [1.5, {}]}, "y"], "d": "e"}') == [
        ("", Mark.BEGUN),
        ("a", 1),
        ("b", Mark.BEGUN),
        ("b.c.item", True),
        ("b.c.item", None),
        ("b", Mark.ENDED),
        ("tests.item", {"x": [1.5, {}]}),
        ("tests.item", "y"),
        ("d", "e"),
        ("", Mark.ENDED),
    ]


def test_root_can_be_an_array_and_items_can_be_nested_anywhere():
    nested = re.compile(r"item(?:\.s\.item)*\.t\.item")
    content = b'[{"t": [{"a": 1}], "s": [{"t": [[2]]}]}]'
    assert [value for path, value in _read(content, nested) if not isinstance(value, Mark)] == [{"a": 1}, [2]]


def test_pieces_of_any_size_are_the_same(monkeypatch):
    content = '\ufeff{"tests": [{"Grüße": "🛒 \\u00e4", "n": -1.5e3}]}'.encode()
    monkeypatch.setattr(json_source, "READ_BYTES", 7)
    assert _items(content) == [{"Grüße": "🛒 ä", "n": -1500.0}]


def test_last_one_of_members_of_the_same_name_counts():
    assert _items(b'{"tests": [{"a": 1, "a": {"b": 2}, "a": 3}]}') == [{"a": 3}]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e999", None),
        ("-1e999", None),
        ("1e1795199686", None),
        ("-1e9999999", None),
        ("1e-999999", 0.0),
        ("12345678901234567890", 1.2345678901234567e19),
        ("9" * 400, None),
        ("0.1", 0.1),
        ('"a\\u0000b"', "a\ufffdb"),
        ('"\\ud800"', "?"),
    ],
)
def test_what_databases_cannot_store_is_read_as_something_that_they_can(written, value):
    assert _items(f'{{"tests": [{{"a": {written}}}, {written}]}}'.encode()) == [{"a": value}, value]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "line 1: the JSON is cut off before its end"),
        (b'{"tests": [\n{"a": 1},\n', "line 3: the JSON is cut off before its end"),
        (b'{"a":\n\n nope}', "line 3: the JSON is broken, invalid string in json text"),
        (b'{"a": 1,\n "b": NaN}', "line 2: the JSON is broken, invalid char in json text"),
        (b'{"a": [1, 2,]}', "line 1: the JSON is broken, unallowed token at this point in JSON text"),
        (b'{"a": 1}\n{"b": 2}', "line 2: the JSON is broken, trailing garbage"),
        (b'{"a":\n"\xff"}', "line 2: the JSON is broken, invalid bytes in UTF8 string"),
        ('{"a": 1}'.encode("utf-16"), "line 1: the JSON is in UTF-16, save it in UTF-8"),
        (b'\n{"a": ' + b"[" * 101, "values are nested more than 100 levels deep"),
        (b'{"tests": [' + b'{"a": ' * 101, "values are nested more than 100 levels deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number has too many digits"),
        (b'{"a": 1e9999999999999999999}', "a number has too many digits"),
    ],
)
def test_broken_document_is_refused_with_line_and_reason(content, reason):
    with pytest.raises(Invalid) as refused:
        _read(content)
    assert reason in refused.value.message


def test_line_is_right_behind_the_first_piece():
    content = b'{"tests": [\n' + b'{"a": 1},\n' * 20_000 + b"oops]}"
    with pytest.raises(Invalid, match="line 20002: the JSON is broken"):
        _read(content)


def test_hundred_levels_are_read():
    assert len(_items(b'{"tests": [' + b"[" * 98 + b"]" * 98 + b"]}")) == 1


def test_too_many_values_of_one_item_are_refused(monkeypatch):
    monkeypatch.setattr(json_stream, "ITEM_VALUES", 10)
    assert len(_items(b'{"tests": [[1,2,3,4,5],[1,2,3,4,5],[1,2,3,4,5]]}')) == 3
    with pytest.raises(Invalid, match="after line 1: one item has more than 10 values"):
        _read(b'{"tests": [[1,2,3,4,5,6,7,8,9,10,11]]}')


def test_long_texts_of_an_item_that_is_too_large_are_cut(monkeypatch):
    monkeypatch.setattr(json_stream, "ITEM_CHARACTERS", 5000)
    long = "x" * 3000
    [item] = _items(f'{{"tests": [{{"a": "{long}", "b": "{long}", "c": "short"}}]}}'.encode())
    assert item == {"a": long, "b": "x" * 1000 + "\n[2000 more characters were left out]", "c": "short"}
    assert [isinstance(text, Cut) for text in item.values()] == [False, True, False]


def test_endless_text_is_refused_before_it_is_read():
    class Endless(io.RawIOBase):
        read_bytes = 0

        def read(self, size):
            self.read_bytes += size
            return b'{"a": "' if self.read_bytes == size else b"x" * size

    file = Endless()
    with pytest.raises(Invalid, match="a text has more than"):
        list(json_stream.read(file, ITEMS))
    assert file.read_bytes < 2 * json_source.CHARACTERS


def test_memory_does_not_grow_with_the_number_of_items():
    def most(count):
        content = b'{"tests": [%s{}], "after": 1}' % (b'{"name": "%s", "n": [1, 2]},' % (b"x" * 2000) * count)
        tracemalloc.start()
        for _ in json_stream.read(io.BytesIO(content), ITEMS):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - len(content)

    assert most(5000) < most(500) + 2**20


class TestTopLevel:
    def test_shape_of_an_object(self):
        shape = top_level(b' {"a": {"b": 1}, "c": [{"d": 2}]}')
        assert (shape.is_array, shape.paths) == (False, {"a", "a.b", "c", "c.item.d"})

    def test_shape_of_an_array(self):
        shape = top_level(b'[{"a": 1}]')
        assert (shape.is_array, shape.paths) == (True, {"item.a"})

    @pytest.mark.parametrize("end", [b"", b'"val', b"[1, 2", b"oops"])
    def test_document_may_be_cut_off_or_broken_anywhere(self, end):
        assert top_level(b'{"a": {"b": 1, "c": ' + end).has("a.b", "a.c")

    def test_marks_of_encodings_are_passed_over(self):
        assert top_level(b'\xef\xbb\xbf{"a": 1}').has("a")
        assert top_level('{"a": 1}'.encode("utf-16")).has("a")

    @pytest.mark.parametrize("head", [b"", b"<a/>", b"text", b'"a"', b"12", b"\x1f\x8b"])
    def test_anything_else_has_none(self, head):
        assert top_level(head) is None

    @pytest.mark.parametrize("head", [b"[" * 60_000, b'{"a":' * 12_000, b'{"a": ' + b"9" * 60_000 + b"}"])
    def test_hostile_beginnings_are_harmless(self, head):
        assert top_level(head) is not None
