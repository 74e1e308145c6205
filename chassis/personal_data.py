"""What a service that holds personal data brings along: how it erases that of one person, and how it hands it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chassis.storage.session import Session

if TYPE_CHECKING:
    from chassis.service import Service

USERS: Final = "users"
"""The service that announces who was deleted, and keeps the report of who has erased what."""


def _nothing(session: Session, user: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a service does with personal data, each time in a unit of work and for one person, `users/{user}`.

    Stored answers to the person's commands are the chassis' affair.
    """

    erase: Callable[[Session, str], None]
    """Erases what the service holds of the person. It is called again: nothing may depend on what is gone by then."""

    export: Callable[[Session, str], Mapping[str, object]]
    """Hands out what the service holds of the person: a list for each kind of thing, of what JSON has, and dates and
    times."""

    withheld: Callable[[Session, str], bool] = _nothing
    """Whether `erase` has left something that can not go yet, such as a card token that the bank has not answered for.
    Then it is called again every second, until there is nothing, and only then the erasure is acknowledged."""


def completed(catalogue: Sequence[Service]) -> tuple[Service, ...]:
    """The services with what their declarations leave to the catalogue: who holds personal data hears of `users` who
    was deleted, and `users` hears of each that it was erased; who hands all of it out calls each that holds some."""
    holders = tuple(service.name for service in catalogue if service.holds_personal_data)
    known = {service.name for service in catalogue}

    def complete(service: Service) -> Service:
        heard, called = list(service.subscribes), list(service.calls)
        if service.holds_personal_data and USERS in known:
            heard.append(USERS)
        if service.name == USERS:
            heard.extend(holders)
        if service.exports_personal_data:
            called.extend(holders)
        return replace(service, subscribes=tuple(dict.fromkeys(heard)), calls=tuple(dict.fromkeys(called)))

    return tuple(map(complete, catalogue))
