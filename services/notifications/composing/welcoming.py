"""The mail to somebody who has made an account."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from chassis.dates import from_timestamp
from chassis.full_name import full_name
from services.notifications.composing.outgoing import message_to
from services.notifications.composing.sources import Sources
from services.notifications.letters import to_guests
from services.notifications.letters.foreign import Foreign
from services.notifications.letters.rendering import Rendering
from services.notifications.letters.words import words
from services.notifications.mail import Mail

JUST_MADE: Final = timedelta(minutes=5)
"""The event of a record that is older than that tells of a change."""


class Welcoming:
    """Makes it."""

    def __init__(self, sources: Sources, rendering: Rendering) -> None:
        self._sources = sources
        self._rendering = rendering

    async def welcome(self, mail: Mail) -> EmailMessage | None:
        """None where the account was there before, or is not any more."""
        user = await self._sources.user(mail.subject)
        if user is None or not user.email or mail.due_time - from_timestamp(user.create_time) > JUST_MADE:
            return None
        name = Foreign(full_name(user.given_name, user.family_name))
        letter = to_guests.welcome(words(user.language_code), name)
        return message_to(user.email, self._rendering.render(letter))
