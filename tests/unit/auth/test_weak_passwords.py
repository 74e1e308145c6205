"""Passwords that keep nobody out."""

from __future__ import annotations

import pytest

from services.auth.weak_passwords import COMMON, PasswordTooWeak, check_password


@pytest.mark.parametrize(
    ("password", "email"),
    [
        pytest.param("password123", "ada@example.org", id="common"),
        pytest.param("PassWord123", "ada@example.org", id="common-in-other-case"),
        pytest.param("zzzzzzzzzz", "ada@example.org", id="one-character"),
        pytest.param("lovelace-1815", "Lovelace@example.org", id="the-local-part"),
        pytest.param("my-ada@example.org", "ada@example.org", id="the-whole-address"),
    ],
)
def test_weak(password: str, email: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(password, email, "password")


@pytest.mark.parametrize(
    ("password", "email"),
    [
        pytest.param("correct horse battery staple", "ada@example.org", id="words"),
        pytest.param("hadamard-gate", "ada@example.org", id="three-letters-of-the-address-by-chance"),
        pytest.param("my password123 is long", "ada@example.org", id="a-common-one-within-a-longer"),
    ],
)
def test_strong_enough(password: str, email: str) -> None:
    check_password(password, email, "password")


def test_the_list_holds_what_the_contract_lets_through() -> None:
    assert {password for password in COMMON if len(password) < 10 or password != password.casefold()} == set()
