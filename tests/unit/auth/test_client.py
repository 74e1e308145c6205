"""How a client proves itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.auth.client import Client
from services.auth.credentials import WrongCredentials, new_secret

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
SECRET = "a secret that was shown once"
CLIENT = Client.register("agency", display_name="An agency", scopes=frozenset({"hotels.read"}), secret=SECRET, now=NOW)


def test_the_secret_proves_the_client() -> None:
    CLIENT.authenticate(SECRET)


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "ü" * 20])
def test_nothing_else_does(secret: str) -> None:
    with pytest.raises(WrongCredentials):
        CLIENT.authenticate(secret)


def test_the_secret_is_not_kept() -> None:
    assert SECRET.encode() not in CLIENT.secret_digest
    assert "secret" not in repr(CLIENT)


def test_a_client_is_named_for_its_id() -> None:
    assert (CLIENT.name, CLIENT.client_id) == ("clients/agency", "agency")


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        pytest.param(None, True, id="missing"),
        pytest.param(CLIENT, False, id="same"),
        pytest.param(replace(CLIENT, create_time=NOW - timedelta(days=1)), False, id="registered-earlier"),
        pytest.param(replace(CLIENT, scopes=frozenset()), True, id="other-scopes"),
        pytest.param(replace(CLIENT, secret_digest=b""), True, id="other-secret"),
    ],
)
def test_what_makes_a_client_another(other: Client | None, differs: bool) -> None:
    assert CLIENT.differs_from(other) is differs


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert min(len(secret) for secret in secrets) >= 43
