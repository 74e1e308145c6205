"""A person's record in the words of the contract, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from chassis.dates import from_date, to_date, to_timestamp
from chassis.etag import etag_of
from innkeeper.users.v1 import erasures_pb2, users_pb2
from services.users.erasure import Erasure
from services.users.user import Membership, Profile, User

MEMBERSHIPS: Final = {
    Membership.NONE: users_pb2.MEMBERSHIP_NONE,
    Membership.BASIC: users_pb2.MEMBERSHIP_BASIC,
    Membership.SILVER: users_pb2.MEMBERSHIP_SILVER,
    Membership.GOLD: users_pb2.MEMBERSHIP_GOLD,
}
"""What is not said, MEMBERSHIP_UNSPECIFIED, is read as NONE and never sent."""

STANDINGS: Final = {number: membership for membership, number in MEMBERSHIPS.items()}


def user_message(user: User, now: datetime) -> users_pb2.User:
    """The record as callers see it at that moment."""
    profile = user.profile
    return users_pb2.User(
        name=user.name,
        given_name=profile.given_name,
        family_name=profile.family_name,
        birth_date=None if profile.birth_date is None else from_date(profile.birth_date),
        age=user.age(now.astimezone(UTC).date()),
        email=profile.email,
        membership=MEMBERSHIPS[profile.membership],
        create_time=to_timestamp(user.create_time),
        update_time=to_timestamp(user.update_time),
        etag=etag_of(user),
        language_code=profile.language_code,
    )


def to_profile(message: users_pb2.User) -> Profile:
    """What a request says of a person."""
    return Profile(
        given_name=message.given_name,
        family_name=message.family_name,
        birth_date=to_date(message.birth_date) if message.HasField("birth_date") else None,
        email=message.email,
        membership=STANDINGS.get(message.membership, Membership.NONE),
        language_code=message.language_code,
    )


def erasure_message(erasure: Erasure) -> erasures_pb2.Erasure:
    """How far the erasure is, as staff see it."""
    return erasures_pb2.Erasure(
        name=f"{erasure.user}/erasure",
        state=_state(is_done=erasure.done_time is not None),
        delete_time=to_timestamp(erasure.delete_time),
        services=[
            erasures_pb2.ServiceErasure(
                service=service,
                state=_state(is_done=told.is_done),
                erase_time=to_timestamp(told.erase_time) if told.erase_time else None,
                last_time=to_timestamp(told.last_time) if told.last_time else None,
            )
            for service, told in sorted(erasure.services.items())
        ],
    )


def _state(*, is_done: bool) -> erasures_pb2.ErasureState.ValueType:
    return erasures_pb2.ERASURE_STATE_DONE if is_done else erasures_pb2.ERASURE_STATE_PENDING
