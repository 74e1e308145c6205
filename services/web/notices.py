"""The page on which a hotel says that it has seen a booking, behind the link of a mail.

Whoever has the link may say so. It takes a click: programs that look through mails follow links, too.
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
from innkeeper.notifications.v1.notices_pb2 import AcknowledgeNoticeRequest, NoticePage, ReadNoticeRequest
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.web.page import Pages

PATH: Final = "/notices/{token}"
NOTHING: Final = frozenset({StatusCode.INVALID_ARGUMENT, StatusCode.NOT_FOUND})
"""How it is told that there is nothing behind a link."""


class Notices:
    """Shows the page, and takes the click in. What the page says comes from the notifications service, in the hotel's
    language."""

    def __init__(self, kit: Kit) -> None:
        self._notifications = kit.stub(NotificationsServiceStub)
        self._pages = Pages()

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [Route(PATH, self.show, methods=["GET"]), Route(PATH, self.acknowledge, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """The page, with a button while there is something to acknowledge."""
        current_context().end_user_token = ""  # who has signed in sees no more than others
        try:
            page = await self._notifications.ReadNotice(ReadNoticeRequest(token=request.path_params["token"]))
        except AioRpcError as error:
            return self._nothing(error)
        return self._shown(page)

    async def acknowledge(self, request: Request) -> Response:
        """The page as it is then. Once more is the same."""
        current_context().end_user_token = ""
        said = AcknowledgeNoticeRequest(token=request.path_params["token"], request_id=str(uuid.uuid4()))
        try:
            page = await self._notifications.AcknowledgeNotice(said)
        except AioRpcError as error:
            return self._nothing(error)
        return self._shown(page)

    def _shown(self, page: NoticePage) -> Response:
        return self._pages.render("notice.html", form_targets="'self'", page=page, language=page.language_code)

    def _nothing(self, error: AioRpcError) -> Response:
        """The page of a link that leads nowhere. Raises the error where it is of another kind."""
        if error.code() not in NOTHING:
            raise error
        return self._pages.render("no_link.html", 404)
