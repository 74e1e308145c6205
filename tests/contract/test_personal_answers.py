"""Answers to commands are kept for a week: one with personal data says whose it is, so that it goes with the person."""

from __future__ import annotations

from typing import Any, Final

from chassis.policy import Method, is_personal
from tests.contract.calls.served import METHODS, each_method, full_name

OF_NO_USER: Final = {
    "innkeeper.hotels.v1.HotelsService.UpdateHotelContact": "the addresses are a hotel's",
    "innkeeper.notifications.v1.NotificationsService.CreateBounce": "the address is never sent",
}


def answers_with_personal_data(method: Method) -> bool:
    """Whether its answers are kept, and hold some."""
    kept = method.mutating and "request_id" in method.request_class.DESCRIPTOR.fields_by_name
    return kept and _holds(method.response_class.DESCRIPTOR)


def _holds(message: Any) -> bool:
    return any(
        is_personal(field) or (field.message_type is not None and _holds(field.message_type))
        for field in message.fields
    )


WITH_PERSONAL_DATA: Final = [method for method in METHODS if answers_with_personal_data(method)]


def test_the_exceptions_are_some() -> None:
    assert OF_NO_USER.keys() <= {full_name(method) for method in WITH_PERSONAL_DATA}


@each_method([method for method in WITH_PERSONAL_DATA if full_name(method) not in OF_NO_USER])
def test_an_answer_with_personal_data_says_whose_it_is(method: Method) -> None:
    answer = method.response_class.DESCRIPTOR
    assert answer.full_name == "innkeeper.users.v1.User" or "user" in answer.fields_by_name
