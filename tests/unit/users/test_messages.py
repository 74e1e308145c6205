"""Records in the words of the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.users.v1 import users_pb2
from services.users.messages import MEMBERSHIPS, to_profile, user_message
from services.users.user import Membership, Profile, User

NOW = datetime(2027, 5, 1, tzinfo=UTC)

PROFILES = st.builds(
    Profile,
    given_name=st.text(min_size=1),
    family_name=st.text(),
    birth_date=st.none() | st.dates(date(1897, 5, 2), date(2027, 4, 30)),
    email=st.emails(),
    membership=st.sampled_from(Membership),
)


@given(PROFILES)
def test_a_profile_survives_the_way_there_and_back(profile: Profile) -> None:
    user = User(name="users/ada", profile=profile, create_time=NOW, update_time=NOW)
    assert to_profile(user_message(user, NOW)) == profile


@given(PROFILES)
def test_the_age_is_there_with_the_birth_date(profile: Profile) -> None:
    message = user_message(User(name="users/ada", profile=profile, create_time=NOW, update_time=NOW), NOW)
    assert message.HasField("age") == message.HasField("birth_date") == (profile.birth_date is not None)


def test_a_membership_that_is_not_said_is_none() -> None:
    assert to_profile(users_pb2.User()).membership == Membership.NONE


@pytest.mark.parametrize("membership", Membership, ids=lambda membership: membership.name.lower())
def test_every_membership_has_its_name_in_the_contract(membership: Membership) -> None:
    assert users_pb2.Membership.Name(MEMBERSHIPS[membership]) == f"MEMBERSHIP_{membership.name}"
