"""Hashes of passwords."""

from __future__ import annotations

import asyncio

import pytest

from services.auth.passwords import Passwords

PASSWORD = "correct horse battery staple"


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(64)


async def test_a_hash_recognises_its_password(passwords: Passwords) -> None:
    password_hash = await passwords.hash(PASSWORD)
    assert PASSWORD not in password_hash
    assert password_hash.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    right, wrong = await passwords.check(password_hash, PASSWORD), await passwords.check(password_hash, "another")
    assert (right.right, right.against, right.fresh_hash) == (True, password_hash, "")
    assert (wrong.right, wrong.against, wrong.fresh_hash) == (False, password_hash, "")


async def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_without_an_account_every_password_is_wrong(passwords: Passwords) -> None:
    check = await passwords.check(None, PASSWORD)
    assert not check.right
    assert check.against.startswith("$argon2id$v=19$m=64,t=2,p=1$"), "it takes as long as a real one"


async def test_a_hash_by_older_parameters_is_made_anew(passwords: Passwords) -> None:
    older = await Passwords(32).hash(PASSWORD)
    check = await passwords.check(older, PASSWORD)
    assert check.right
    assert (await passwords.check(check.fresh_hash, PASSWORD)).fresh_hash == ""
    assert (await passwords.check(older, "another")).fresh_hash == ""


async def test_the_event_loop_goes_on_meanwhile() -> None:
    hashing = asyncio.create_task(Passwords(16_384).hash(PASSWORD))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
