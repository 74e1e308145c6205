"""A booking goes on when its guest is gone: staff call it off, and nobody is written to."""

from __future__ import annotations

from sqlalchemy import select

from chassis.storage.tables import DEAD_LETTERS
from innkeeper.booking.v1 import booking_pb2
from innkeeper.notifications.v1 import mails_pb2
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from tests.conftest import StartPlatform
from tests.service.booking.desk import Desk
from tests.service.privacy.life import SERVICES, STAFF, Person, opened_hotel, until
from tests.service.privacy.marks import Marks


async def test_staff_call_off_the_booking_of_somebody_who_left(platform: StartPlatform) -> None:
    running = await platform(*(name for name in SERVICES if name != "search"))
    await opened_hotel(running)
    ada = Person(running=running, marks=Marks("ada", 1931))
    await ada.sign_up()
    booking = await Desk(running=running, user=ada.name).book()
    await running.settled()
    await ada.leave()
    desk = Desk(running=running, user="users/staff", scopes=STAFF)
    cancelled = await desk.cancel(booking.name)
    assert cancelled.payment_state == booking_pb2.Booking.PAYMENT_STATE_REFUNDED
    await running.settled()
    mails = running.stub(NotificationsServiceStub, token=running.token("users/staff", STAFF))

    async def dealt_with() -> bool:
        found = (await mails.ListMails(mails_pb2.ListMailsRequest(page_size=1000))).mails
        about = [mail for mail in found if mail.subject == booking.name and mail.kind == "booking-cancelled"]
        return all(mail.state == mails_pb2.Mail.STATE_NOT_NEEDED for mail in about)

    await until(dealt_with)
    letters = select(DEAD_LETTERS.c.reason, DEAD_LETTERS.c.detail)
    for name in ("notifications", "booking", "users", "payments"):
        assert await running.database(name).read(lambda session: session.execute(letters).all()) == []
