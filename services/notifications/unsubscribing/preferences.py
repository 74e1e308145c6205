"""Which mails a user wants, in the words of the contract."""

from __future__ import annotations

from typing import Final

from innkeeper.notifications.v1 import mail_preferences_pb2
from services.notifications.mail import Topic

TOPICS: Final = {Topic.REMINDERS: mail_preferences_pb2.TOPIC_REMINDERS}

SUFFIX: Final = "/mailPreferences"


def preferences_message(user: str, unwanted: set[Topic]) -> mail_preferences_pb2.MailPreferences:
    """All that a user wants: what is not unwanted."""
    return mail_preferences_pb2.MailPreferences(name=f"{user}{SUFFIX}", reminders=Topic.REMINDERS not in unwanted)


def user_of(name: str) -> str:
    """The user whose preferences have that name."""
    return name.removesuffix(SUFFIX)


def unwanted_of(message: mail_preferences_pb2.MailPreferences) -> set[Topic]:
    """What a user does not want; what is not said is wanted."""
    return {Topic.REMINDERS} if message.HasField("reminders") and not message.reminders else set()
