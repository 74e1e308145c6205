"""The RPCs about mails, and about who wants them."""

from __future__ import annotations

from typing import Any

from google.protobuf.empty_pb2 import Empty

from chassis.context import principal
from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.update_mask import merged
from innkeeper.notifications.v1 import bounces_pb2, mail_preferences_pb2, mails_pb2
from services.notifications import bounces, store
from services.notifications.bounces import Bounces
from services.notifications.mail import Topic
from services.notifications.messages import BY_NUMBER, bounce_message, mail_message
from services.notifications.queue import Queue
from services.notifications.unsubscribing import unsubscriptions
from services.notifications.unsubscribing.preferences import TOPICS, preferences_message, unwanted_of, user_of
from services.notifications.unsubscribing.token import UnsubscribeTokens


class NotificationsServicer:
    """All RPCs of the service: each is a method of one of its parts."""

    def __init__(self, *parts: object) -> None:
        self._parts = parts

    def __getattr__(self, name: str) -> Any:
        for part in self._parts:
            if (method := getattr(part, name, None)) is not None:
                return method
        raise AttributeError(name)


class MailServicer:
    """Shows staff what became of mails, and has users say which they want."""

    def __init__(
        self, database: Database, clock: Clock, queue: Queue, known: Bounces, tokens: UnsubscribeTokens
    ) -> None:
        self._database = database
        self._clock = clock
        self._queue = queue
        self._bounces = known
        self._tokens = tokens

    async def list_mails(self, request: mails_pb2.ListMailsRequest) -> mails_pb2.ListMailsResponse:
        page, state = Page.of(request), BY_NUMBER.get(request.state)
        mails = await self._database.read(
            lambda session: store.page(
                session, state=state, subject=request.subject, after=page.after, limit=page.lookahead
            )
        )
        shown, token = page.cut(mails, lambda mail: mail.name)
        return mails_pb2.ListMailsResponse(mails=map(mail_message, shown), next_page_token=token)

    async def get_mail(self, request: mails_pb2.GetMailRequest) -> mails_pb2.Mail:
        return mail_message(await self._database.read(lambda session: store.get(session, request.name)))

    async def retry_mail(self, request: mails_pb2.RetryMailRequest) -> mails_pb2.Mail:
        return await self._database.command(lambda session: mail_message(self._queue.requeue(session, request.name)))

    async def list_bounces(self, request: bounces_pb2.ListBouncesRequest) -> bounces_pb2.ListBouncesResponse:
        page = Page.of(request)
        found = await self._database.read(
            lambda session: bounces.page(session, recipient=request.recipient, after=page.after, limit=page.lookahead)
        )
        shown, token = page.cut(found, lambda bounce: bounce.name)
        return bounces_pb2.ListBouncesResponse(bounces=map(bounce_message, shown), next_page_token=token)

    async def create_bounce(self, request: bounces_pb2.CreateBounceRequest) -> bounces_pb2.Bounce:
        said = request.bounce

        def work(session: Session) -> bounces_pb2.Bounce:
            mail = store.get(session, said.mail) if said.mail else None
            noted = self._bounces.note(session, address=said.address, mail=mail, reason=said.reason, now=self._clock())
            return bounce_message(noted)

        return await self._database.command(work)

    async def delete_bounce(self, request: bounces_pb2.DeleteBounceRequest) -> Empty:
        def work(session: Session) -> Empty:
            bounces.remove(session, request.name)
            return Empty()

        return await self._database.command(work)

    async def get_mail_preferences(
        self, request: mail_preferences_pb2.GetMailPreferencesRequest
    ) -> mail_preferences_pb2.MailPreferences:
        user = _own(request.name)
        return await self._database.read(lambda session: _preferences(session, user))

    async def update_mail_preferences(
        self, request: mail_preferences_pb2.UpdateMailPreferencesRequest
    ) -> mail_preferences_pb2.MailPreferences:
        user = _own(request.mail_preferences.name)

        def work(session: Session) -> mail_preferences_pb2.MailPreferences:
            wanted = merged(_preferences(session, user), request.mail_preferences, request.update_mask)
            unwanted = unwanted_of(wanted)
            for topic in Topic:
                if topic in unwanted:
                    unsubscriptions.add(session, user, topic, self._clock())
                else:
                    unsubscriptions.remove(session, user, topic)
            return preferences_message(user, unwanted)

        return await self._database.command(work)

    async def unsubscribe(
        self, request: mail_preferences_pb2.UnsubscribeRequest
    ) -> mail_preferences_pb2.UnsubscribeResponse:
        user, topic = self._tokens.read(request.token)

        def work(session: Session) -> mail_preferences_pb2.UnsubscribeResponse:
            unsubscriptions.add(session, user, topic, self._clock())
            return answer

        answer = mail_preferences_pb2.UnsubscribeResponse(topic=TOPICS[topic])
        return answer if request.validate_only else await self._database.command(work)


def _preferences(session: Session, user: str) -> mail_preferences_pb2.MailPreferences:
    return preferences_message(user, unsubscriptions.of_user(session, user))


def _own(name: str) -> str:
    """The user of those preferences. Raises NotFound for somebody else's."""
    user = user_of(name)
    if not principal().may_see(user):
        raise NotFound(name)
    return user
