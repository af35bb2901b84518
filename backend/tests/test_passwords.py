"""Passwords: which ones are good enough, and hashes that only the right password fits."""

import pytest

from ibutsu_server.errors import Invalid
from ibutsu_server.passwords import check_password, hash_password, is_password

ROUNDS = 4


@pytest.mark.unit
@pytest.mark.parametrize("password", ["secret", "pässwörd ✓", " ", "x" * 72, "ä" * 36])
def test_right_password_fits(password):
    assert is_password(password, hash_password(password, rounds=ROUNDS), rounds=ROUNDS)


@pytest.mark.unit
@pytest.mark.parametrize("other", ["Secret", "secret ", "", "x" * 73])
def test_other_passwords_do_not_fit(other):
    assert not is_password(other, hash_password("secret", rounds=ROUNDS), rounds=ROUNDS)


@pytest.mark.unit
def test_longer_password_with_the_same_first_72_bytes_does_not_fit():
    assert not is_password("x" * 73, hash_password("x" * 72, rounds=ROUNDS), rounds=ROUNDS)


@pytest.mark.unit
def test_nothing_fits_an_account_without_password():
    assert not is_password("", None, rounds=ROUNDS)


@pytest.mark.unit
def test_hash_is_bcrypt_of_the_asked_strength_and_salted():
    first, second = (hash_password("secret", rounds=5) for _ in range(2))
    assert first.startswith("$2b$05$")
    assert first != second


@pytest.mark.unit
@pytest.mark.parametrize("password", ["x" * 73, "ä" * 37])
def test_password_over_72_bytes_is_refused(password):
    with pytest.raises(Invalid, match="max 72 bytes") as refused:
        hash_password(password, rounds=ROUNDS)
    assert refused.value.field == "password"


@pytest.mark.unit
@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "kX9c-tR2m",
        "日本語のとても長い合言葉",
        "wir-mögen-käse",
        "x7" + "ä9Q" * 14,
    ],
)
def test_password_that_is_hard_to_guess_is_taken(password):
    assert check_password(password, email="jo@example.com", name="Jo") is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("", "must not be empty"),
        ("kX9-tR2", "too short (min 8 characters)"),
        ("x" * 73, "too long (max 72 bytes)"),
        ("ä" * 37, "too long (max 72 bytes)"),
        ("password1", "too easy to guess. This is a very common password."),
        ("aaaaaaaaaaaa", "too easy to guess. Repeats"),
        ("qwertyuiop", "too easy to guess"),
        ("Johanna.Doe@Example.com", "must not be your name or e-mail address"),
        ("JOHANNA.DOE", "must not be your name or e-mail address"),
        ("Johanna D. from Ulm", "must not be your name or e-mail address"),
        ("johanna.doe1", "too easy to guess"),
        ("ibutsu12", "too easy to guess"),
    ],
)
def test_refused_password_is_told_why(password, text):
    with pytest.raises(Invalid) as refused:
        check_password(password, email="johanna.doe@example.com", name="Johanna D. from Ulm")
    assert text in refused.value.message
    assert refused.value.field == "password"


@pytest.mark.unit
def test_what_is_known_about_somebody_is_no_rule_for_others():
    assert check_password("Johanna D. from Ulm", email="jo@example.com") is None
