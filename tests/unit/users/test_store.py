"""What the table of people keeps apart, and what it does not let in twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from chassis.refusal import AlreadyExists, NotFound
from services.users import store
from services.users.tables import METADATA
from services.users.user import EmailTaken, Membership, Profile, User

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def person(user_id: str, email: str | None = None) -> User:
    profile = Profile(
        given_name="Ada",
        family_name="",
        birth_date=date(1990, 12, 10),
        email=email or f"{user_id}@example.org",
        membership=Membership.SILVER,
    )
    return User(name=f"users/{user_id}", profile=profile, create_time=NOW, update_time=NOW)


def test_a_record_comes_back_as_it_was(session: Session) -> None:
    store.add(session, person("ada"))
    assert store.get(session, "users/ada") == person("ada")


def test_a_name_is_taken_once(session: Session) -> None:
    store.add(session, person("ada"))
    with pytest.raises(AlreadyExists):
        store.add(session, person("ada", "augusta@example.org"))


@pytest.mark.parametrize(
    "email", [pytest.param("ada@example.org", id="same"), pytest.param("Ada@Example.ORG", id="other-case")]
)
def test_an_address_is_taken_once(session: Session, email: str) -> None:
    store.add(session, person("ada"))
    store.add(session, person("grace"))
    with pytest.raises(EmailTaken):
        store.add(session, person("augusta", email))
    grace = store.get(session, "users/grace")
    with pytest.raises(EmailTaken):
        store.put(session, replace(grace, profile=replace(grace.profile, email=email)))
    assert store.get(session, "users/grace") == grace


def test_an_address_changes_its_letter_case(session: Session) -> None:
    store.add(session, person("ada"))
    store.put(session, person("ada", "ADA@example.org"))
    assert store.get(session, "users/ada").profile.email == "ADA@example.org"


def test_a_deleted_record_frees_its_address(session: Session) -> None:
    store.add(session, person("ada"))
    store.remove(session, "users/ada")
    with pytest.raises(NotFound):
        store.get(session, "users/ada")
    store.add(session, person("grace", "ada@example.org"))


def test_pages_are_by_name(session: Session) -> None:
    for user_id in ("grace", "ada", "edith", "barbara"):
        store.add(session, person(user_id))
    first = store.page(session, after=None, limit=3, only=None)
    rest = store.page(session, after=first[-1].name, limit=3, only=None)
    assert [user.name for user in (*first, *rest)] == ["users/ada", "users/barbara", "users/edith", "users/grace"]
    assert store.page(session, after=None, limit=3, only="users/edith") == [person("edith")]
    assert store.page(session, after="users/edith", limit=3, only="users/edith") == []
