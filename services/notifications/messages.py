"""Mails and bounces in the words of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.dates import to_timestamp
from innkeeper.notifications.v1 import bounces_pb2, mails_pb2
from services.notifications.bounces import Bounce
from services.notifications.mail import Mail, State

STATES: Final = {
    State.QUEUED: mails_pb2.Mail.STATE_QUEUED,
    State.SENT: mails_pb2.Mail.STATE_SENT,
    State.FAILED: mails_pb2.Mail.STATE_FAILED,
    State.SUPPRESSED: mails_pb2.Mail.STATE_SUPPRESSED,
    State.NOT_NEEDED: mails_pb2.Mail.STATE_NOT_NEEDED,
}
BY_NUMBER: Final = {number: state for state, number in STATES.items()}


def mail_message(mail: Mail) -> mails_pb2.Mail:
    """The mail as staff see it."""
    return mails_pb2.Mail(
        name=mail.name,
        state=STATES[mail.state],
        kind=mail.kind,
        event=mail.event,
        recipient=mail.recipient,
        user=mail.user,
        subject=mail.subject,
        attempts=mail.attempts,
        failure=mail.failure,
        message_id=mail.message_id,
        create_time=to_timestamp(mail.create_time),
        next_attempt_time=_when(mail.next_attempt_time if mail.state is State.QUEUED else None),
        end_time=_when(mail.end_time),
    )


def bounce_message(bounce: Bounce) -> bounces_pb2.Bounce:
    """The bounce as staff see it, without its address, which is not known."""
    return bounces_pb2.Bounce(
        name=bounce.name,
        mail=bounce.mail,
        recipient=bounce.recipient,
        reason=bounce.reason,
        create_time=to_timestamp(bounce.create_time),
    )


def _when(time: datetime | None) -> Timestamp | None:
    return None if time is None else to_timestamp(time)
