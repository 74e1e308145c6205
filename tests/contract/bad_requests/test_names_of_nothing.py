"""A name of the right form for what is not there is answered with NOT_FOUND."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import grpc
import pytest

from tests.contract.bad_requests.breaking.presence import is_read
from tests.contract.bad_requests.conftest import Examples
from tests.contract.bad_requests.spots import Broken, broken, spots
from tests.contract.bad_requests.stored import Stored
from tests.contract.calls.declarations import is_identifier, resource_of
from tests.contract.calls.filling import filled
from tests.contract.calls.served import EXAMPLES, Example, each_example
from tests.contract.calls.world import World

NOT_LOOKED_UP: Final = frozenset(
    {
        "innkeeper.booking.v1.WatchUserBookingsRequest.user",
        "innkeeper.hotels.v1.PriceStaysRequest.hotels",
        "innkeeper.notifications.v1.GetMailPreferencesRequest.name",
        "innkeeper.notifications.v1.ListNoticesRequest.hotel",
        "innkeeper.notifications.v1.ListNotificationsRequest.parent",
        "innkeeper.notifications.v1.MailPreferences.name",
        "innkeeper.notifications.v1.MarkNotificationsReadRequest.parent",
        "innkeeper.notifications.v1.WatchNotificationsRequest.user",
        "innkeeper.payments.v1.AuthorizePaymentRequest.user",
        "innkeeper.payments.v1.ListLedgerEntriesRequest.payment",
        "innkeeper.privacy.v1.ExportPersonalDataRequest.user",
        "innkeeper.registry.v1.DeregisterInstanceRequest.name",
        "innkeeper.registry.v1.Instance.name",
    }
)
"""Hotels without a price are left out, bookings, payments and notifications do not know users, a filter may fit
nothing, of nobody nothing is held, what is not there is as good as withdrawn, and instances name themselves."""

SINGLETONS: Final = ("/contact", "/erasure", "/mailPreferences")


def of_nothing(request: Any) -> Iterator[Broken]:
    """The request with one resource name after the other that nothing bears."""
    makes = type(request).__name__.startswith("Create")
    for spot in spots(request):
        if not resource_of(spot.field) or (is_identifier(spot.field) and makes) or not is_read(request, spot):
            continue
        value = getattr(spot.holder(request), spot.field.name)
        name = value[0] if spot.field.is_repeated else value
        nowhere = nothing_like(name)
        if name and spot.field.full_name not in NOT_LOOKED_UP:
            yield broken(request, spot, nowhere, spot.becomes(nowhere))


def nothing_like(name: str) -> str:
    """A name of the same form that nothing bears."""
    if name.startswith("places/"):
        return "places/999999999999"
    if name.startswith("links/"):
        return f"links/{uuid4().hex[:8]}"
    if name.endswith(SINGLETONS):
        collection, _, singleton = name.split("/")
        return f"{collection}/{uuid4()}/{singleton}"
    return f"{name.rpartition('/')[0]}/{uuid4()}"


def names_something(example: Example) -> bool:
    request = filled(example.method.request_class, example.alternative)
    return not example.method.client_streaming and any(of_nothing(request))


@each_example(example for example in EXAMPLES if names_something(example))
@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_not_there_is_not_found(
    example: Example, world: World, examples: Examples, stored: Stored
) -> None:
    prepared = await examples(example)
    call = world.inside(example.method, user=prepared.person.name)
    before = await stored.settled()
    for wrong in of_nothing(prepared.request):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call(wrong.request)
        assert raised.value.code() is grpc.StatusCode.NOT_FOUND, f"{wrong.path}: {raised.value.details()}"
    assert stored.now() == before
