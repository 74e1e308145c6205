"""Requests that will be granted: filled by the contract's rules, and naming what is really there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from uuid import uuid4

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from chassis.security.secrets import Secrets
from innkeeper.auth.v1 import auth_pb2
from innkeeper.bank.v1 import bank_pb2
from innkeeper.booking.v1 import booking_pb2
from innkeeper.documents.v1 import documents_pb2
from innkeeper.events.v1 import event_log_pb2
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.notifications.v1 import mail_preferences_pb2, notices_pb2
from innkeeper.payments.v1 import payments_pb2
from innkeeper.users.v1 import users_pb2
from services.notifications import store as mails
from services.notifications.mail import Mail, Topic
from services.notifications.notices.notice import name_for
from services.notifications.notices.token import NoticeTokens
from services.notifications.unsubscribing.token import UnsubscribeTokens
from tests.contract.calls.declarations import is_identifier, is_output_only, resource_of, type_of
from tests.contract.calls.filling import VIENNA, filled
from tests.contract.calls.served import BY_NAME, Example
from tests.contract.calls.world import Person, Prepared, World

CREATED_BY: Final = {
    "innkeeper.dev/Bounce": "innkeeper.notifications.v1.NotificationsService.CreateBounce",
    "innkeeper.dev/Booking": "innkeeper.booking.v1.BookingService.CreateBooking",
    "innkeeper.dev/Client": "innkeeper.auth.v1.AuthService.CreateClient",
    "innkeeper.dev/Hotel": "innkeeper.hotels.v1.HotelsService.CreateHotel",
    "innkeeper.dev/Instance": "innkeeper.registry.v1.RegistryService.RegisterInstance",
    "innkeeper.dev/Link": "innkeeper.links.v1.LinksService.CreateLink",
    "innkeeper.dev/Payment": "innkeeper.payments.v1.PaymentsService.AuthorizePayment",
    "innkeeper.dev/RatePlan": "innkeeper.hotels.v1.HotelsService.CreateRatePlan",
    "innkeeper.dev/RoomType": "innkeeper.hotels.v1.HotelsService.CreateRoomType",
    "innkeeper.dev/Transaction": "innkeeper.bank.v1.BankService.Authorize",
    "innkeeper.dev/User": "innkeeper.users.v1.UsersService.CreateUser",
}
"""The method that makes a resource of each type."""

THERE_ALREADY: Final = {"innkeeper.dev/Place": VIENNA}
"""Resources that nobody makes."""

SINGLETONS: Final = {
    "innkeeper.dev/HotelContact": ("innkeeper.dev/Hotel", "contact"),
    "innkeeper.dev/MailPreferences": ("innkeeper.dev/User", "mailPreferences"),
}
"""Resources that are there as soon as another is (AIP-156): whose they are, and how their names end."""


async def resource(world: World, kind: str, person: Person) -> str:
    """The name of a resource of that type, made by a real call in the person's name; of a user, the person's own."""
    if kind in THERE_ALREADY:
        return THERE_ALREADY[kind]
    if kind in SINGLETONS:
        parent, ending = SINGLETONS[kind]
        return f"{await resource(world, parent, person)}/{ending}"
    if kind == "innkeeper.dev/Erasure":
        return await _erasure(world)
    if kind == "innkeeper.dev/Mail":
        return await _failed_mail(world, person)
    if kind == "innkeeper.dev/User":
        known, person.has_record = person.has_record, True
        if known:
            return person.name
    return name_in(await grant(world, CREATED_BY[kind], person), kind)


async def _erasure(world: World) -> str:
    """The name of the erasure of somebody who was here for a moment."""
    name = await resource(world, "innkeeper.dev/User", leaving := await world.newcomer())
    request = users_pb2.DeleteUserRequest(name=name, request_id=str(uuid4()))
    await world.granted("innkeeper.users.v1.UsersService.DeleteUser", request, leaving)
    return f"{name}/erasure"


async def _failed_mail(world: World, person: Person) -> str:
    """A mail that nobody makes by a call, and that nobody sends."""
    now = datetime.now(UTC)
    queued = Mail.queue(
        kind="greeting",
        event=str(uuid4()),
        recipient=person.name,
        user=person.name,
        subject="bookings/b",
        due_time=now,
        now=now,
        domain="hotels.example",
    )
    failed = queued.failed("address-refused 550 5.1.1", now)
    await world.running.database("notifications").write(lambda session: mails.add(session, failed))
    return failed.name


def name_in(answer: Message, kind: str) -> str:
    """The name of the resource of that type that an answer is, or that one of its fields holds."""
    for resource in (answer, *(value for field, value in answer.ListFields() if field.message_type is not None)):
        if type_of(resource.DESCRIPTOR) == kind:
            return str(resource.name)
    raise LookupError(f"{answer.DESCRIPTOR.full_name} has no {kind}")


async def grant(world: World, name: str, person: Person, alternative: str = "") -> Any:
    """The answer to a call of that method that is granted."""
    prepared = await prepare(world, Example(BY_NAME[name], alternative), person)
    return await world.granted(name, prepared.request, person)


async def prepare(world: World, example: Example, person: Person | None = None) -> Prepared:
    """A request that will be granted to the person, or to a newcomer where none is given."""
    person = person or await world.newcomer()
    request = filled(example.method.request_class, example.alternative)
    for path, field in references(request.DESCRIPTOR):
        await _refer(world, request, path, field, person)
    relate = RELATED.get(request.DESCRIPTOR.full_name)
    if relate is not None:
        await relate(world, person, request)
    return Prepared(example.method, request, person)


def references(descriptor: Descriptor) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    """The fields of a request that name a resource which is to be there, and the way to them.

    A resource's own name does so only where the resource is to be updated.
    """
    yield from _references(descriptor, (), with_own="update_mask" in descriptor.fields_by_name)


def _references(
    descriptor: Descriptor, path: tuple[str, ...], *, with_own: bool
) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    for field in descriptor.fields:
        if is_output_only(field):
            continue
        if field.message_type is not None and not field.is_repeated:
            yield from _references(field.message_type, (*path, field.name), with_own=with_own)
        elif resource_of(field) and (with_own or not is_identifier(field)):
            yield (*path, field.name), field


async def _refer(world: World, request: Any, path: tuple[str, ...], field: FieldDescriptor, person: Person) -> None:
    owner = reduce(getattr, path[:-1], request)
    if field.containing_oneof is not None and not owner.HasField(field.name):
        return
    name = await resource(world, resource_of(field), person)
    if field.is_repeated:
        getattr(owner, field.name)[:] = [name]
    else:
        setattr(owner, field.name, name)


async def _change_password(world: World, person: Person, request: auth_pb2.ChangePasswordRequest) -> None:
    request.old_password = person.password


async def _sign_in(world: World, person: Person, request: auth_pb2.SignInRequest) -> None:
    request.email, request.password = person.email, person.password


async def _issue_token(world: World, person: Person, request: auth_pb2.IssueTokenRequest) -> None:
    if request.HasField("refresh"):
        request.refresh.refresh_token = await _refresh_token(world, person)
        request.scopes[:] = ["users.read"]
        return
    client = await _client(world, person)
    credentials = request.client_credentials
    if request.HasField("authorization_code"):
        credentials = request.authorization_code
        credentials.code = await _code(world, person, client)
    credentials.client_id = client.name.removeprefix("clients/")
    credentials.client_secret = client.secret
    request.scopes[:] = client.scopes


async def _client(world: World, person: Person) -> auth_pb2.Client:
    client = await grant(world, "innkeeper.auth.v1.AuthService.CreateClient", person)
    assert isinstance(client, auth_pb2.Client)
    return client


async def _code(world: World, person: Person, client: auth_pb2.Client) -> str:
    request = filled(auth_pb2.CreateAuthorizationCodeRequest)
    await _authorize(world, person, request, client)
    return str((await world.granted("innkeeper.auth.v1.AuthService.CreateAuthorizationCode", request, person)).code)


async def _check_authorization(world: World, person: Person, request: auth_pb2.CheckAuthorizationRequest) -> None:
    client = await _client(world, person)
    request.authorization.client_id = client.name.removeprefix("clients/")


async def _authorize(
    world: World,
    person: Person,
    request: auth_pb2.CreateAuthorizationCodeRequest,
    client: auth_pb2.Client | None = None,
) -> None:
    client = client or await _client(world, person)
    request.authorization.client_id = client.name.removeprefix("clients/")
    request.email, request.password = person.email, person.password


async def _know_token(
    world: World, person: Person, request: auth_pb2.RevokeTokenRequest | auth_pb2.IntrospectTokenRequest
) -> None:
    request.token = await _refresh_token(world, person)


async def _refresh_token(world: World, person: Person) -> str:
    return str((await grant(world, "innkeeper.auth.v1.AuthService.SignIn", person)).refresh_token)


async def _create_rate_plan(world: World, person: Person, request: hotels_pb2.CreateRatePlanRequest) -> None:
    request.parent = request.rate_plan.room_type.partition("/roomTypes/")[0]


async def _update_rate_plan(world: World, person: Person, request: hotels_pb2.UpdateRatePlanRequest) -> None:
    current = await world.granted(
        "innkeeper.hotels.v1.HotelsService.GetRatePlan",
        hotels_pb2.GetRatePlanRequest(name=request.rate_plan.name),
        person,
    )
    request.rate_plan.room_type = current.room_type


async def _import_hotels(world: World, person: Person, request: hotels_pb2.ImportHotelsRequest) -> None:
    listing = request.listing
    for part, collection in ((listing.room_types[0], "roomTypes"), (listing.rate_plans[0], "ratePlans")):
        part.name = f"{listing.hotel.name}/{collection}/{uuid4()}"
    listing.rate_plans[0].room_type = listing.room_types[0].name
    request.contact.name = f"{listing.hotel.name}/contact"


async def _watch_events(world: World, person: Person, request: event_log_pb2.WatchEventsRequest) -> None:
    request.aggregate = await resource(world, "innkeeper.dev/Hotel", person)


async def _create_booking(world: World, person: Person, request: booking_pb2.CreateBookingRequest) -> None:
    request.quote_token = (await grant(world, "innkeeper.booking.v1.BookingService.QuoteStay", person)).token


async def _notice(
    world: World, person: Person, request: notices_pb2.ReadNoticeRequest | notices_pb2.AcknowledgeNoticeRequest
) -> None:
    booking = await grant(world, "innkeeper.booking.v1.BookingService.CreateBooking", person)
    await world.running.settled()
    secrets = Secrets(world.running.platform.settings.data_dir / "secrets")
    request.token = NoticeTokens(secrets.get("notices")).issue(name_for(booking.name))


async def _unsubscribe(world: World, person: Person, request: mail_preferences_pb2.UnsubscribeRequest) -> None:
    secrets = Secrets(world.running.platform.settings.data_dir / "secrets")
    request.token = UnsubscribeTokens(secrets.get("unsubscribe"), "").issue(person.name, Topic.REMINDERS)


async def _refund_payment(world: World, person: Person, request: payments_pb2.RefundPaymentRequest) -> None:
    capture = payments_pb2.CapturePaymentRequest(name=request.name, request_id=str(uuid4()))
    await world.granted("innkeeper.payments.v1.PaymentsService.CapturePayment", capture, person)


async def _render_document(world: World, person: Person, request: documents_pb2.RenderDocumentRequest) -> None:
    booking = await grant(world, "innkeeper.booking.v1.BookingService.CreateBooking", person)
    hotel = hotels_pb2.GetHotelRequest(name=booking.hotel)
    request.hotel.CopyFrom(await world.granted("innkeeper.hotels.v1.HotelsService.GetHotel", hotel, person))
    request.booking.CopyFrom(booking)
    if not request.HasField("confirmation"):
        look_up = payments_pb2.LookUpPaymentRequest(name=booking.payment)
        paid = await world.granted("innkeeper.payments.v1.PaymentsService.LookUpPayment", look_up, person)
        bill = request.receipt if request.HasField("receipt") else request.invoice
        bill.payment.CopyFrom(paid.payment)
        del bill.entries[:]
        bill.entries.extend(paid.entries)


async def _refund(world: World, person: Person, request: bank_pb2.RefundRequest) -> None:
    capture = bank_pb2.CaptureRequest(name=request.name, request_id=str(uuid4()))
    await world.granted("innkeeper.bank.v1.BankService.Capture", capture, person)


RELATED: Final[dict[str, Callable[[World, Person, Any], Awaitable[None]]]] = {
    "innkeeper.auth.v1.ChangePasswordRequest": _change_password,
    "innkeeper.auth.v1.CheckAuthorizationRequest": _check_authorization,
    "innkeeper.auth.v1.CreateAuthorizationCodeRequest": _authorize,
    "innkeeper.auth.v1.IntrospectTokenRequest": _know_token,
    "innkeeper.auth.v1.IssueTokenRequest": _issue_token,
    "innkeeper.auth.v1.RevokeTokenRequest": _know_token,
    "innkeeper.auth.v1.SignInRequest": _sign_in,
    "innkeeper.bank.v1.RefundRequest": _refund,
    "innkeeper.booking.v1.CreateBookingRequest": _create_booking,
    "innkeeper.documents.v1.RenderDocumentRequest": _render_document,
    "innkeeper.events.v1.WatchEventsRequest": _watch_events,
    "innkeeper.hotels.v1.CreateRatePlanRequest": _create_rate_plan,
    "innkeeper.hotels.v1.ImportHotelsRequest": _import_hotels,
    "innkeeper.hotels.v1.UpdateRatePlanRequest": _update_rate_plan,
    "innkeeper.notifications.v1.AcknowledgeNoticeRequest": _notice,
    "innkeeper.notifications.v1.ReadNoticeRequest": _notice,
    "innkeeper.notifications.v1.UnsubscribeRequest": _unsubscribe,
    "innkeeper.payments.v1.RefundPaymentRequest": _refund_payment,
}
"""What ties a request to what was there before, where no field of a single type says it."""
