"""Why a test failed, in a line and in a few."""

from types import SimpleNamespace

import pytest

from ibutsu_server.widgets import reasons

pytestmark = pytest.mark.unit

PYTEST = "E        +  where 5.95 = total()\n\nsuite/test_cart.py:10: AssertionError\nAssertionError\n"


def said(short_tb=None, message=None):
    return SimpleNamespace(message=message, short_tb=short_tb)


@pytest.mark.parametrize(
    ("told", "line", "reason"),
    [
        (
            r"b'assert 5.95 == 5.0\n +  where 5.95 = total()'",
            "assert 5.95 == 5.0",
            "assert 5.95 == 5.0\n +  where 5.95 = total()",
        ),
        (r'''b"it's \"gr&#252;n\""''', 'it\'s "grün"', 'it\'s "grün"'),
        (
            r"b'caf\xc3\xa9 &#99999999; &#9999999;'",
            "café &#99999999; &#9999999;",
            "café &#99999999; &#9999999;",
        ),
    ],
)
def test_what_the_plugin_tells_at_the_end_is_the_whole_message(told, line, reason):
    assert reasons.line(said(PYTEST + told)) == line
    assert reasons.reason(said(PYTEST + told)) == reason


def test_a_message_of_its_own_counts_more():
    assert reasons.line(said(f"{PYTEST}b'other'", "no money\nat all")) == "no money"


@pytest.mark.parametrize("told", ["b'open", r"b'\xf'", "b'a' b'b'", "b'ü'", "b'',((((''"])
def test_what_only_looks_like_it_is_left_to_the_traceback(told):
    assert reasons.line(said(PYTEST + told)) == "+  where 5.95 = total()"


@pytest.mark.parametrize("code", [0, 0xD800, 0xDFFF])
def test_what_is_no_character_is_left_as_it_was_written(code):
    assert reasons.line(said(f"{PYTEST}b'a &#{code}; b'")) == f"a &#{code}; b"
