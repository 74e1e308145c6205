"""What is issued, and for how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.auth.credentials import digest
from services.auth.scopes import TRAVELLER, ScopeNotGranted
from services.auth.store import families, keys, revoked
from services.auth.store.tables import REFRESH_TOKENS, SIGNING_KEYS
from tests.unit.auth.storing import ISSUER, KEYRING, LIFE, REFRESH_LIFE, SEAL, START, TOKENS, stored


@pytest.fixture
def session() -> Iterator[Session]:
    with stored() as session:
        yield session


def test_a_refresh_token_is_stored_as_its_digest(session: Session) -> None:
    tokens = ISSUER.begin(session, "users/ada", START)
    assert session.scalars(select(REFRESH_TOKENS.c.digest)).all() == [digest(tokens.refresh_token)]


def test_fewer_scopes_hold_for_one_access_token(session: Session) -> None:
    tokens = ISSUER.begin(session, "users/ada", START)
    narrow = ISSUER.renew(session, tokens.refresh_token, None, ["users.read"], START)
    assert list(narrow.scopes) == ["users.read"]
    wide = ISSUER.renew(session, narrow.refresh_token, None, [], START)
    assert frozenset(wide.scopes) == TRAVELLER


def test_a_scope_that_is_refused_leaves_the_token_good(session: Session) -> None:
    tokens = ISSUER.begin(session, "users/ada", START)
    with pytest.raises(ScopeNotGranted):
        ISSUER.renew(session, tokens.refresh_token, None, ["admin"], START)
    assert ISSUER.renew(session, tokens.refresh_token, None, [], START).subject == "users/ada"


def test_a_session_that_has_run_out_is_forgotten_with_its_tokens(session: Session) -> None:
    ISSUER.begin(session, "users/ada", START)
    going_on = ISSUER.begin(session, "users/grace", START)
    ISSUER.renew(session, going_on.refresh_token, None, [], START + timedelta(days=1))
    families.forget_expired(session, START + REFRESH_LIFE)
    assert families.find_token(session, digest(going_on.refresh_token)) is not None
    assert session.scalar(select(func.count()).select_from(REFRESH_TOKENS)) == 2
    families.forget_expired(session, START + REFRESH_LIFE + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(REFRESH_TOKENS)) == 0


def test_a_revoked_token_is_forgotten_when_it_expires(session: Session) -> None:
    revoked.add(session, "a token's id", START + LIFE)
    revoked.add(session, "a token's id", START + LIFE)
    revoked.forget_expired(session, START)
    assert revoked.contains(session, "a token's id")
    revoked.forget_expired(session, START + LIFE)
    assert not revoked.contains(session, "a token's id")


def test_a_retired_key_verifies_until_its_last_token_has_expired(session: Session) -> None:
    first = keys.signing(session)
    last_token = ISSUER.begin(session, "users/ada", START).access_token
    KEYRING.rotate(session, START)
    KEYRING.rotate(session, START + timedelta(seconds=1))
    newest, upcoming = keys.signing(session), keys.prepared(session)
    assert first is not None
    almost = START + LIFE - timedelta(seconds=1)
    keys.forget_expired(session, almost)
    published = keys.published(session, almost)
    assert (len(published), published[0], published[-1].kid) == (4, newest, first.kid)
    assert TOKENS.read(last_token, published, almost) is not None
    next_day = START + timedelta(days=1)
    assert keys.published(session, next_day) == [newest, upcoming]
    keys.forget_expired(session, next_day)
    assert keys.published(session, START) == [newest, upcoming]


@pytest.mark.parametrize("prepared", [False, True], ids=["signs", "comes next"])
def test_one_key_of_each_kind(session: Session, prepared: bool) -> None:
    with pytest.raises(IntegrityError):
        keys.add(session, SEAL.generate(START, prepared=prepared))


def test_a_key_is_prepared_where_there_was_none(session: Session) -> None:
    signing = keys.signing(session)
    session.execute(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.prepared))
    KEYRING.complete(session, START)
    assert keys.signing(session) == signing
    assert keys.prepared(session) is not None
