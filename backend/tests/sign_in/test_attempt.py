"""What a browser keeps while its user is at the provider: unreadable, unchangeable, short-lived."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from ibutsu_server.errors import Invalid
from ibutsu_server.sign_in import attempt

pytestmark = pytest.mark.unit
SECRET = "s" * 40


@pytest.fixture
def begun():
    return attempt.begin("github", "/project?page=2")


def _unseal(sealed, begun, secret=SECRET, **changed):
    given = {"provider": begun.provider, "state": begun.state} | changed
    return attempt.unseal(sealed, secret, **given)


def test_attempt_comes_back_as_it_was(begun):
    assert _unseal(attempt.seal(begun, SECRET), begun) == begun


def test_seal_hides_everything(begun):
    sealed = attempt.seal(begun, SECRET)
    for text in (begun.state, begun.nonce, begun.verifier, begun.next):
        assert text not in sealed


def test_attempts_share_nothing():
    one, other = attempt.begin("github", "/"), attempt.begin("github", "/")
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert len(one.verifier) >= 43


@pytest.mark.parametrize("sealed", [None, "", "x", "é", "gAAAAA", "a" * 5000])
def test_what_is_no_seal_is_refused(begun, sealed):
    with pytest.raises(Invalid, match="begin again"):
        _unseal(sealed, begun)


def test_changed_seal_is_refused(begun):
    sealed = attempt.seal(begun, SECRET)
    with pytest.raises(Invalid):
        _unseal(sealed[:-6] + "AAAA==", begun)


@pytest.mark.parametrize("changed", [{"state": "x"}, {"state": None}, {"state": "é"}, {"provider": "google"}])
def test_seal_is_for_one_state_at_one_provider(begun, changed):
    with pytest.raises(Invalid) as refused:
        _unseal(attempt.seal(begun, SECRET), begun, **changed)
    assert refused.value.field == "state"


def test_seal_of_another_server_is_refused(begun):
    with pytest.raises(Invalid):
        _unseal(attempt.seal(begun, SECRET), begun, secret="t" * 40)


@pytest.mark.parametrize(("minutes", "is_good"), [(9, True), (11, False)])
def test_seal_lasts_ten_minutes(begun, minutes, is_good):
    with freeze_time() as clock:
        sealed = attempt.seal(begun, SECRET)
        clock.tick(timedelta(minutes=minutes))
        if is_good:
            assert _unseal(sealed, begun) == begun
        else:
            with pytest.raises(Invalid):
                _unseal(sealed, begun)


@pytest.mark.parametrize("path", ["/", "/project/1?tab=2#top", "/a//b", "/%C3%BC", "/a?u=https://x.y"])
def test_next_may_be_any_path(path):
    assert attempt.begin("github", path).next == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "project",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/a\\b",
        "/a\r\nSet-Cookie: x",
        "/a b",
        "@evil.example",
        ".evil.example",
        "javascript:alert(1)",
        "/\x00",
        "/ü",
        "/\uff0fevil.example",
        " /",
    ],
)
def test_next_never_leads_elsewhere(path):
    with pytest.raises(Invalid) as refused:
        attempt.begin("github", path)
    assert refused.value.field == "next"
