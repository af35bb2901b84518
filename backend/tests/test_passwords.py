"""Passwords: hashes that only the right password fits."""

import pytest

from ibutsu_server.errors import Invalid
from ibutsu_server.passwords import hash_password, is_password

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
