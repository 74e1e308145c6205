"""The page behind the link in a mail that can be done without: it asks, and a click ends such mails.

Mail programs that have a button of their own for that post to the same address (RFC 8058), and ask nobody. To look at
the page changes nothing: programs that look through mails follow links, too.
"""

from __future__ import annotations

import uuid
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chassis.context import current_context
from chassis.service import Kit
from innkeeper.notifications.v1.mail_preferences_pb2 import Topic, UnsubscribeRequest
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.web.page import Pages
from services.web.preferred import languages
from services.web.unsubscribe_words import WORDS, Words

PATH: Final = "/unsubscribe/{token}"


class Unsubscribe:
    """Shows the page, and takes the click in."""

    def __init__(self, kit: Kit) -> None:
        self._notifications = kit.stub(NotificationsServiceStub)
        self._pages = Pages()

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [Route(PATH, self.ask, methods=["GET"]), Route(PATH, self.end, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """The page with the question."""
        return await self._answered(request, done=False)

    async def end(self, request: Request) -> Response:
        """The page that says that it is done. Once more is the same."""
        return await self._answered(request, done=True)

    async def _answered(self, request: Request, *, done: bool) -> Response:
        current_context().end_user_token = ""  # the link says whose mails end, not who has signed in
        asked = UnsubscribeRequest(
            token=request.path_params["token"], validate_only=not done, request_id=str(uuid.uuid4())
        )
        try:
            answer = await self._notifications.Unsubscribe(asked)
        except AioRpcError as error:
            if error.code() is not StatusCode.INVALID_ARGUMENT:
                raise
            return self._pages.render("no_link.html", 404)
        language, words = _words(request)
        return self._pages.render(
            "unsubscribe.html",
            form_targets="'self'",
            language=language,
            words=words,
            topic=words.topics[Topic.Name(answer.topic)],
            done=done,
        )


def _words(request: Request) -> tuple[str, Words]:
    """The first language of the reader in which there are words, else English."""
    for tag in languages(request):
        language = tag.partition("-")[0].lower()
        if language in WORDS:
            return language, WORDS[language]
    return "en", WORDS["en"]
