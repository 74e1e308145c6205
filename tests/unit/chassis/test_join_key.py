"""Processes with the platform's secrets prove themselves to the registry, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.errors import CallFailed
from chassis.security.join_key import LIFE, JoinKey, JoinTokens
from chassis.security.secrets import Secrets
from chassis.security.verification import TokenVerifier
from innkeeper.auth.v1.auth_pb2 import Jwk, Jwks


def key_in(directory: Path) -> JoinKey:
    return JoinKey(Secrets(directory), "innkeeper", "innkeeper")


def verifier(*own: Jwk) -> TokenVerifier:
    async def no_keys() -> Jwks:
        return Jwks()

    return TokenVerifier(no_keys, "innkeeper", "innkeeper", own=own)


async def test_every_process_with_the_secrets_has_the_same_key(tmp_path: Path) -> None:
    token = key_in(tmp_path).sign("booking")
    principal = await verifier(key_in(tmp_path).public).verify(token)
    assert principal.subject == "clients/booking"
    assert principal.scopes == {"internal", "registry.instances"}


async def test_who_has_other_secrets_is_nobody(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match="not good"):
        await verifier(key_in(tmp_path / "ours").public).verify(key_in(tmp_path / "theirs").sign("booking"))


async def test_no_other_service_takes_the_token(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match="signed with a key that is not known here"):
        await verifier().verify(key_in(tmp_path).sign("booking"))


async def test_tokens_are_renewed_in_time(tmp_path: Path) -> None:
    now = 0.0
    tokens = JoinTokens(key_in(tmp_path), "booking", lambda: now)
    first = await tokens.bearer()
    now = LIFE / 2 - 1
    assert await tokens.bearer() == first
    now = LIFE / 2
    assert await tokens.bearer() != first
