"""Where short links lead: `/l/` and a code.

A link that never was and one that is not good any more look the same, so that nobody learns by trying which codes there
have been. Caches keep no answer: links end, and each click counts. The target is not told where somebody comes from.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chassis.context import current_context
from chassis.service import Kit
from innkeeper.links.v1.links_pb2 import ResolveLinkRequest
from innkeeper.links.v1.links_pb2_grpc import LinksServiceStub
from services.web.page import Pages

PATH: Final = "/l/{code}"
CODE: Final = re.compile(r"[0-9A-Za-z]{8}")
HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class ShortLinks:
    """Leads on, or says that there is nothing. Who looks by HEAD follows no link: that is not counted."""

    def __init__(self, kit: Kit) -> None:
        self._links = kit.stub(LinksServiceStub)
        self._pages = Pages()

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [Route(PATH, self.follow, methods=["GET"])]

    async def follow(self, request: Request) -> Response:
        """302 to the target, or a page with 404. Raises the AioRpcError of a links service that does not answer."""
        code = request.path_params["code"]
        target = await self._target(code, uncounted=request.method == "HEAD") if CODE.fullmatch(code) else ""
        if not target:
            return self._pages.render("no_link.html", 404)
        return Response(status_code=302, headers={"Location": target, **HEADERS})

    async def _target(self, code: str, *, uncounted: bool) -> str:
        """Empty where there is none."""
        # Whoever has signed in follows links unnamed, as everybody does.
        current_context().end_user_token = ""
        asked = ResolveLinkRequest(name=f"links/{code}", uncounted=uncounted, request_id=str(uuid.uuid4()))
        try:
            return (await self._links.ResolveLink(asked)).target
        except AioRpcError as error:
            if error.code() is StatusCode.NOT_FOUND:
                return ""
            raise
